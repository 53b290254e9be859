#include "tests/support/camera_sps.hpp"

#include "core/base/bitstream.hpp"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <vector>

namespace camherd::testing {
namespace {

class bit_cursor {
 public:
  explicit bit_cursor(std::span<const std::uint8_t> bytes) : bytes_{bytes} {}

  unsigned bits(unsigned count) {
    unsigned value = 0;
    for (; count > 0; --count, ++position_) {
      value = value << 1 | (bytes_[position_ / 8] >> (7 - position_ % 8) & 1U);
    }
    return value;
  }
  unsigned golomb() {
    unsigned zeros = 0;
    while (bits(1) == 0) ++zeros;
    return (1U << zeros | bits(zeros)) - 1;
  }
  [[nodiscard]] std::size_t position() const { return position_; }

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t position_ = 0;
};

/// Where vui_parameters_present_flag is, in bits from the beginning of the NAL unit.
std::size_t usability_flag(std::span<const std::uint8_t> sps) {
  bit_cursor at{sps};
  at.bits(8);
  const auto profile = at.bits(8);
  at.bits(16);
  at.golomb();
  if (profile >= 100) {
    if (at.golomb() == 3) at.bits(1);
    at.golomb();
    at.golomb();
    at.bits(2);
  }
  at.golomb();
  if (at.golomb() == 0) at.golomb();
  at.golomb();
  at.bits(1);
  at.golomb();
  at.golomb();
  if (at.bits(1) == 0) at.bits(1);
  at.bits(1);
  if (at.bits(1) == 1) {
    for (int side = 0; side < 4; ++side) at.golomb();
  }
  return at.position();
}

std::vector<std::uint8_t> without_usability(std::span<const std::uint8_t> sps) {
  const auto flag = usability_flag(sps);
  std::vector<std::uint8_t> shorter{sps.begin(), sps.begin() + static_cast<long>(flag / 8) + 1};
  // The flag becomes 0; the stop bit and zeros to the end of the byte follow.
  const auto used = flag % 8;
  shorter.back() &= static_cast<std::uint8_t>(0xff00 >> used);
  if (used == 7) {
    shorter.push_back(0x80);
  } else {
    shorter.back() |= static_cast<std::uint8_t>(0x40 >> used);
  }
  return shorter;
}

}  // namespace

void strip_usability_information(access_unit& unit) {
  static constexpr std::uint8_t start_code[] = {0, 0, 0, 1};
  padded_bytes rewritten;
  for_each_nal(unit.payload.bytes(), [&](std::span<const std::uint8_t> nal) {
    rewritten.append(start_code);
    if ((nal[0] & 0x1f) == 7) {
      rewritten.append(without_usability(nal));
    } else {
      rewritten.append(nal);
    }
  });
  unit.payload = std::move(rewritten);
}

}  // namespace camherd::testing
