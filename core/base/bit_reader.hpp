#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace camherd {

/// Reads the syntax elements of a NAL unit, passing over emulation prevention bytes (ITU-T
/// H.264 section 7.3.1, H.265 section 7.3.1.1). Past the end it reads zeros and `failed()`
/// stays true.
class bit_reader {
 public:
  /// `nal` is read from its first byte on and must outlive the reader.
  explicit bit_reader(std::span<const std::uint8_t> nal) noexcept : rest_{nal} {}

  /// The next `count` bits, at most 32, as an unsigned number.
  std::uint32_t bits(unsigned count) noexcept {
    std::uint32_t value = 0;
    for (; count > 0; --count) value = value << 1 | bit();
    return value;
  }

  /// ue(v), H.264 section 9.1.
  std::uint32_t exp_golomb() noexcept {
    unsigned zeros = 0;
    while (bit() == 0) {
      if (failed_ || ++zeros > 31) {
        failed_ = true;
        return 0;
      }
    }
    return (std::uint32_t{1} << zeros) - 1 + bits(zeros);
  }

  void skip_bytes(std::size_t count) noexcept {
    const auto left = left_;
    while (count > 0 && next_byte()) --count;
    left_ = failed_ ? 0 : left;
  }

  [[nodiscard]] bool failed() const noexcept { return failed_; }

 private:
  std::uint32_t bit() noexcept {
    if (left_ == 0 && !next_byte()) return 0;
    --left_;
    return current_ >> left_ & 1U;
  }

  bool next_byte() noexcept {
    if (zeros_ == 2 && !rest_.empty() && rest_[0] == 3) {
      rest_ = rest_.subspan(1);
      zeros_ = 0;
    }
    if (rest_.empty()) {
      failed_ = true;
      return false;
    }
    current_ = rest_[0];
    rest_ = rest_.subspan(1);
    zeros_ = current_ == 0 ? zeros_ + 1 : 0;
    left_ = 8;
    return true;
  }

  std::span<const std::uint8_t> rest_;
  std::uint8_t current_ = 0;
  unsigned left_ = 0;   // unread bits of current_
  unsigned zeros_ = 0;  // zero bytes directly before rest_
  bool failed_ = false;
};

}  // namespace camherd
