#include "core/media/ffmpeg/first_slice.hpp"

#include "core/base/bitstream.hpp"

#include <cstddef>
#include <optional>

namespace camherd::ffmpeg {
namespace {

// Unsigned Exp-Golomb codes, ITU-T H.264 section 9.1. The two codes read here lie within the
// first bytes of a slice, where emulation prevention can only follow a first_mb_in_slice beyond
// 2^15.
class golomb_reader {
 public:
  explicit golomb_reader(std::span<const std::uint8_t> bytes) noexcept : bytes_{bytes} {}

  std::optional<std::uint32_t> next() noexcept {
    unsigned zeros = 0;
    for (;;) {
      const auto bit = next_bit();
      if (!bit || zeros > 24) return std::nullopt;
      if (*bit) break;
      ++zeros;
    }
    std::uint32_t value = 1;
    for (; zeros > 0; --zeros) {
      const auto bit = next_bit();
      if (!bit) return std::nullopt;
      value = value << 1 | (*bit ? 1 : 0);
    }
    return value - 1;
  }

 private:
  std::optional<bool> next_bit() noexcept {
    if (position_ / 8 >= bytes_.size()) return std::nullopt;
    const bool bit = (bytes_[position_ / 8] >> (7 - position_ % 8) & 1) != 0;
    ++position_;
    return bit;
  }

  std::span<const std::uint8_t> bytes_;
  std::size_t position_ = 0;
};

slice_kind kind_of_h264(std::span<const std::uint8_t> nal) noexcept {
  constexpr unsigned idr = 5;
  if ((nal[0] & 0x1fU) == idr) return slice_kind::idr;
  golomb_reader reader{nal.subspan(1)};
  const auto first_macroblock = reader.next();
  const auto slice_type = reader.next();
  const bool b = first_macroblock && slice_type && *slice_type % 5 == 1;
  return b ? slice_kind::bidirectional : slice_kind::plain;
}

slice_kind kind_of_h265(std::span<const std::uint8_t> nal) noexcept {
  const auto type = nal[0] >> 1 & 0x3f;
  if (type == 19 || type == 20) return slice_kind::idr;
  return type == 8 || type == 9 ? slice_kind::leading : slice_kind::plain;
}

}  // namespace

slice_kind first_slice(video_codec codec, std::span<const std::uint8_t> annex_b) noexcept {
  if (codec == video_codec::mjpeg) return slice_kind::idr;
  for (std::size_t at = 0; at + 3 < annex_b.size(); ++at) {
    if (annex_b[at] != 0 || annex_b[at + 1] != 0 || annex_b[at + 2] != 1) continue;
    const auto nal = annex_b.subspan(at + 3);
    if (is_slice(role_of(codec, nal))) {
      return codec == video_codec::h264 ? kind_of_h264(nal) : kind_of_h265(nal);
    }
  }
  return slice_kind::none;
}

}  // namespace camherd::ffmpeg
