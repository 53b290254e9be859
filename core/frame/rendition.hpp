#pragma once

#include "core/base/result.hpp"
#include "core/frame/frame.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>

namespace camherd {

/// How a picture is fitted into a size of another shape.
enum class fit_policy : std::uint8_t {
  stretch = 0,    ///< fills the size, each axis scaled on its own
  letterbox = 1,  ///< keeps its shape, centred between bars of (114, 114, 114)
};

/// In what form a consumer wants frames.
struct rendition {
  /// Nothing: as the decoder writes them; where that has to be scaled, gray8 of pictures
  /// without colour and yuv420p of others.
  std::optional<pixel_format> format{};
  /// Pixels. Both 0: as the decoder writes them; one 0: by the shape of the picture, to the
  /// nearest pixel.
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  fit_policy fit = fit_policy::stretch;

  friend auto operator<=>(const rendition&, const rendition&) = default;
};

/// Where the samples of a picture lie in a slot of its own.
struct picture_layout {
  pixel_format format = pixel_format::yuv420p;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  picture_rect content;  ///< where the source goes; bars fill the rest
  std::uint8_t plane_count = 0;
  std::array<plane, 3> planes{};  ///< offsets from the beginning of the slot
  std::size_t bytes = 0;          ///< that a slot must have
};

/// Largest width or height that is made, in pixels.
inline constexpr std::uint32_t most_rendition_side = 8192;

/// True for the formats that renditions can have: gray8, yuv420p, nv12, rgb24, bgr24.
[[nodiscard]] bool is_rendition_format(pixel_format format) noexcept;

/// What has to be made of `source` for `wanted`; nothing when the decoded picture itself
/// serves, as it does for `native` and for gray8 of any 8-bit planar picture at its own size,
/// whose luma plane it is (in the range of the source). Only sizes and formats are read, no
/// pixels. Width and height of formats with subsampled chroma are rounded up to even numbers,
/// and their content begins and ends at even pixels; rows begin at multiples of 64 bytes,
/// except those of rgb24 and bgr24, which follow each other without a gap. Errors:
/// `invalid_argument` for formats that are not made, and for sizes with a side of more than
/// `most_rendition_side`, also where it comes from the shape of the source.
[[nodiscard]] result<std::optional<picture_layout>> lay_out(const rendition& wanted,
                                                            const frame& source);

/// `source` as gray8 without a copy: its luma plane.
[[nodiscard]] frame luma_of(frame source);

/// Makes one rendition of one camera's frames. One thread at a time; keeps what it can reuse
/// from one picture to the next.
class picture_converter {
 public:
  virtual ~picture_converter() = default;

  /// Writes `from` as `layout` says into `to`, which has `layout.bytes` bytes or more, and no
  /// further. RGB is full range by the source's matrix and range; YUV keeps the range of the
  /// source. Scaled down so that each source pixel counts, up bilinearly. Errors:
  /// `unsupported` for a source that no decoder writes, `invalid_argument` for a layout that
  /// does not fit `to`, `internal` without memory.
  virtual result<void> convert(const frame& from, const picture_layout& layout,
                               std::span<std::uint8_t> to) = 0;
};

using converter_factory = std::function<std::unique_ptr<picture_converter>()>;

}  // namespace camherd
