// The same bytes in pieces of several sizes: the events must not depend on how they were cut,
// and none may be larger than its bound.
#include "apps/camherd/remote/event_parser.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::size_t most_bytes = 512;

void require(bool condition) {
  if (!condition) std::abort();
}

std::vector<std::string> read(std::string_view bytes, std::size_t piece) {
  camherd::remote::event_parser parser{most_bytes};
  std::vector<std::string> events;
  bool good = true;
  while (good && !bytes.empty()) {
    const auto part = bytes.substr(0, piece);
    bytes.remove_prefix(part.size());
    good = parser
               .feed(part,
                     [&](const camherd::remote::server_event& event) {
                       require(event.data.size() <= most_bytes && event.name.size() <= 256);
                       require(event.id.find_first_of(std::string_view{"\r\n\0", 3}) ==
                               std::string::npos);
                       events.push_back(event.name + '\n' + event.id + '\n' + event.data);
                     })
               .has_value();
  }
  events.push_back(parser.last_id() + (good ? "" : " and an error"));
  return events;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  const auto whole = read(bytes, std::max<std::size_t>(size, 1));
  require(read(bytes, 1) == whole);
  require(read(bytes, 7) == whole);
  return 0;
}
