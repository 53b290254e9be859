// A TCP stream in reads of several sizes: the items must not depend on them, the buffer must
// stay within its bound, and every header field of what comes out is read as well.
#include "core/rtsp/auth.hpp"
#include "core/rtsp/control_url.hpp"
#include "core/rtsp/message.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace camherd::rtsp;

constexpr message_limits limits{2048, 16, 4096, 1024};
constexpr std::size_t largest_packet = 65535 + 64;

void require(bool condition) {
  if (!condition) std::abort();
}

void read_fields(const header_list& headers) {
  for (const auto& field : headers.fields()) {
    (void)parse_transport(field.value);
    (void)parse_session(field.value);
    (void)parse_rtp_info(field.value);
  }
  (void)description_base(headers, "rtsp://cam.example:8554/live");
  authenticator login{"user", "password", [] { return std::string{"0a4f113b"}; }};
  response answer;
  answer.headers = headers;
  for (int i = 0; i < 6 && login.challenged(answer); ++i) {
    const auto value = login.authorization("DESCRIBE", "rtsp://cam.example/live");
    require(value && value->find_first_of("\r\n") == std::string::npos);
  }
}

// The item as text; `reader` says whether its header fields are read too.
enum class reader { none, fields };

std::string text_of(const stream_parser::item& item, reader wanted) {
  if (const auto* packet = std::get_if<interleaved_packet>(&item)) {
    std::string text{'$', static_cast<char>(packet->channel)};
    text.append(packet->payload.begin(), packet->payload.end());
    return text;
  }
  if (const auto* answer = std::get_if<response>(&item)) {
    if (wanted == reader::fields) read_fields(answer->headers);
    return answer->serialize();
  }
  const auto& asked = std::get<request>(item);
  if (wanted == reader::fields) read_fields(asked.headers);
  return asked.serialize(0);
}

std::vector<std::string> parse(std::string_view bytes, std::size_t read_size, reader wanted) {
  stream_parser parser{limits};
  std::vector<std::string> items;
  bool good = true;
  while (good && !bytes.empty()) {
    const auto size = std::min(read_size, bytes.size());
    const auto room = parser.prepare(size);
    require(room.size() >= size);
    std::copy_n(bytes.begin(), size, room.begin());
    parser.commit(size);
    bytes.remove_prefix(size);
    for (;;) {
      const auto next = parser.next();
      good = static_cast<bool>(next);
      if (!good || !*next) break;
      items.push_back(text_of(**next, wanted));
    }
    require(parser.buffer_bytes() <= 2 * (largest_packet + read_size));
  }
  items.push_back(good ? "" : "error");
  items.push_back(good ? std::to_string(parser.garbage_bytes()) : "");
  if (const auto rest = parser.take_incomplete_response()) {
    items.push_back(text_of(*rest, wanted));
    require(!parser.awaits_response_body());
  }
  return items;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
  const auto whole = parse(bytes, std::max<std::size_t>(bytes.size(), 1), reader::fields);
  require(parse(bytes, data[0] % 64 + 1U, reader::none) == whole);
  return 0;
}
