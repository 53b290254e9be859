#pragma once

#include <cstdint>
#include <vector>

namespace camherd::testing {

/// Writes syntax elements of NAL units, the counterpart of `bit_reader`. Adds no emulation
/// prevention.
class bit_writer {
 public:
  bit_writer& bits(std::uint32_t value, unsigned count) {
    while (count > 0) {
      --count;
      if (used_ % 8 == 0) bytes_.push_back(0);
      bytes_.back() =
          static_cast<std::uint8_t>(bytes_.back() | (value >> count & 1U) << (7 - used_ % 8));
      ++used_;
    }
    return *this;
  }

  bit_writer& exp_golomb(std::uint32_t value) {
    unsigned length = 0;
    while ((value + 1) >> length > 1) ++length;
    bits(0, length);
    return bits(value + 1, length + 1);
  }

  /// The bytes, the last filled up with zeros.
  [[nodiscard]] const std::vector<std::uint8_t>& written() const { return bytes_; }

  /// The bytes, ended by a set bit and zeros up to the byte (rbsp_trailing_bits).
  [[nodiscard]] std::vector<std::uint8_t> finish() {
    bits(1, 1);
    return bytes_;
  }

 private:
  std::vector<std::uint8_t> bytes_;
  unsigned used_ = 0;
};

}  // namespace camherd::testing
