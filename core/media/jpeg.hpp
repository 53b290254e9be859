#pragma once

#include "core/base/result.hpp"
#include "core/frame/frame.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace camherd {

/// A picture of one plane in somebody's memory.
struct packed_picture {
  std::span<const std::uint8_t> pixels;  ///< from the first to the last used byte
  std::size_t stride = 0;                ///< bytes from one row to the next
  std::uint32_t width = 0;               ///< pixels
  std::uint32_t height = 0;
  pixel_format format = pixel_format::bgr24;  ///< gray8, rgb24 or bgr24
};

/// A JPEG file (baseline, 4:2:0; gray stays gray) of `picture` in quality 1 to 100. Any thread.
/// Errors: `unsupported` for other formats, `invalid_argument` for a size, stride or quality
/// that cannot be, `internal` with the encoder's words.
[[nodiscard]] result<std::vector<std::uint8_t>> encode_jpeg(const packed_picture& picture,
                                                            int quality);

}  // namespace camherd
