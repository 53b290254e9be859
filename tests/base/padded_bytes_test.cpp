#include "core/base/access_unit.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

using namespace camherd;

namespace {

std::vector<std::uint8_t> numbered(std::size_t size) {
  std::vector<std::uint8_t> out(size);
  std::iota(out.begin(), out.end(), std::uint8_t{1});
  return out;
}

bool padded_with_zeros(const padded_bytes& bytes) {
  const auto* const end = bytes.data() + bytes.size();
  return std::all_of(end, end + padded_bytes::padding, [](auto byte) { return byte == 0; });
}

std::vector<std::uint8_t> content(const padded_bytes& bytes) {
  return {bytes.bytes().begin(), bytes.bytes().end()};
}

}  // namespace

TEST_CASE("appended and prepended bytes are followed by zeros", "[base]") {
  padded_bytes bytes;
  CHECK(bytes.empty());
  bytes.append(std::vector<std::uint8_t>{4, 5});
  bytes.append(std::uint8_t{6});
  bytes.prepend(std::vector<std::uint8_t>{1, 2, 3});
  CHECK(content(bytes) == std::vector<std::uint8_t>{1, 2, 3, 4, 5, 6});
  CHECK(padded_with_zeros(bytes));
}

TEST_CASE("prepending to nothing is appending", "[base]") {
  padded_bytes bytes;
  bytes.prepend(numbered(3));
  CHECK(content(bytes) == numbered(3));
  CHECK(padded_with_zeros(bytes));
}

TEST_CASE("nothing added leaves nothing", "[base]") {
  padded_bytes bytes;
  bytes.append(std::span<const std::uint8_t>{});
  bytes.prepend(std::span<const std::uint8_t>{});
  CHECK(bytes.empty());
}

TEST_CASE("many appends keep content and padding", "[base]") {
  padded_bytes bytes;
  std::vector<std::uint8_t> expected;
  for (std::size_t size = 0; size < 300; ++size) {
    const auto more = numbered(size);
    bytes.append(more);
    expected.insert(expected.end(), more.begin(), more.end());
  }
  CHECK(content(bytes) == expected);
  CHECK(padded_with_zeros(bytes));
}

TEST_CASE("what was cut off becomes padding", "[base]") {
  padded_bytes bytes;
  bytes.append(numbered(200));
  const auto size = GENERATE(200U, 199U, 150U, 100U, 1U, 0U);
  bytes.truncate(size);
  CHECK(content(bytes) == numbered(size));
  if (size > 0) CHECK(padded_with_zeros(bytes));
  bytes.append(numbered(7));
  CHECK(bytes.size() == size + 7);
  CHECK(padded_with_zeros(bytes));
}

TEST_CASE("truncating to more than there is does nothing", "[base]") {
  padded_bytes bytes;
  bytes.truncate(5);
  CHECK(bytes.empty());
  bytes.append(numbered(3));
  bytes.truncate(4);
  CHECK(content(bytes) == numbered(3));
}

TEST_CASE("reserved room is not given up by appending", "[base]") {
  padded_bytes bytes;
  bytes.reserve(10000);
  bytes.append(std::uint8_t{1});
  const auto* const place = bytes.data();
  bytes.append(numbered(9999));
  CHECK(bytes.data() == place);
}

TEST_CASE("copies are independent and moved-from bytes are empty", "[base]") {
  padded_bytes bytes;
  bytes.append(numbered(5));
  auto copy = bytes;
  copy.append(std::uint8_t{9});
  CHECK(bytes.size() == 5);
  const auto moved = std::move(bytes);
  CHECK(content(moved) == numbered(5));
  CHECK(bytes.empty());  // NOLINT(bugprone-use-after-move): the state is part of the contract
  bytes = std::move(copy);
  CHECK(bytes.size() == 6);
  CHECK(copy.empty());  // NOLINT(bugprone-use-after-move)
  CHECK(padded_with_zeros(bytes));
}

TEST_CASE("bytes that give back their room are what they were", "[base]") {
  padded_bytes bytes;
  bytes.reserve(10'000);
  bytes.append(numbered(100));
  bytes.give_back_room();
  CHECK(bytes.room() == 100 + padded_bytes::padding);
  CHECK(content(bytes) == numbered(100));
  CHECK(padded_with_zeros(bytes));
}

TEST_CASE("bytes with little room left keep it", "[base]") {
  padded_bytes bytes;
  bytes.reserve(105);
  bytes.append(numbered(100));
  const auto* const before = bytes.data();
  bytes.give_back_room();
  CHECK(bytes.data() == before);
}
