#include "core/base/memory_shortage.hpp"

#include "core/base/access_unit.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/memory_limit.hpp"

#include <memory>
#include <unistd.h>

using namespace camherd;
using namespace camherd::testing;

namespace {

constexpr auto mebibyte = std::size_t{1024} * 1024;

}  // namespace

TEST_CASE("whoever takes much memory leaves some to others", "[base]") {
  if (!can_limit_memory) return;
  padded_bytes bytes;
  bytes.append(std::vector<std::uint8_t>(mebibyte, 7));
  const std::vector<std::uint8_t> more(8 * mebibyte);
  bool refused = false;
  bool others_have_some = false;
  {
    const memory_limit limit{::getpid(), memory_headroom + 4 * mebibyte};
    try {
      bytes.append(more);
    } catch (const std::bad_alloc&) {
      refused = true;
    }
    others_have_some = std::make_unique<std::uint8_t[]>(8 * mebibyte) != nullptr;
  }
  CHECK(refused);
  CHECK(others_have_some);
  CHECK(bytes.size() == mebibyte);
  CHECK(bytes.data()[mebibyte - 1] == 7);
  bytes.append(more);
  CHECK(bytes.size() == 9 * mebibyte);
}

TEST_CASE("no memory is so large that nothing would be left of it", "[base]") {
  CHECK(leaves_headroom(mebibyte));
  CHECK_FALSE(leaves_headroom(SIZE_MAX));
  CHECK_FALSE(leaves_headroom(SIZE_MAX - memory_headroom));
}

TEST_CASE("events go on after one that there was no memory for", "[base]") {
  int events = 0;
  const auto missed = events_without_memory();
  go_on_without_memory([&] {
    while (events < 3) {
      if (++events == 2) throw std::bad_alloc{};
    }
  });
  CHECK(events == 3);
  CHECK(events_without_memory() == missed + 1);
}
