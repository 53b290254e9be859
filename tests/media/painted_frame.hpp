#pragma once

#include "core/frame/frame.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>

namespace camherd::testing {

/// Luma, blue and red chroma, of 8 bits.
using samples = std::array<std::uint8_t, 3>;

/// The samples at a place of the plane; for luma the first counts, for chroma the other two.
using painter = std::function<samples(std::uint32_t x, std::uint32_t y)>;

/// How many pixels share a chroma sample in a planar format, across and down; {0, 0} for gray.
inline std::pair<std::uint32_t, std::uint32_t> chroma_steps(pixel_format format) {
  const auto name = to_string(format);
  if (name.starts_with("gray")) return {0, 0};
  if (name.starts_with("yuv444")) return {1, 1};
  return {2, name.starts_with("yuv422") ? 1 : 2};
}

/// Bits of a sample.
inline unsigned sample_bits(pixel_format format) {
  const auto name = to_string(format);
  return name.ends_with("10") ? 10 : name.ends_with("12") ? 12 : 8;
}

/// A picture in a planar or gray format as a decoder would write it, odd sizes rounded up for
/// chroma. What lies between its rows and planes is `between`.
inline frame paint(pixel_format format, std::uint32_t width, std::uint32_t height,
                   const painter& at, std::uint8_t between = 0xcd) {
  const auto [across, down] = chroma_steps(format);
  const auto bits = sample_bits(format);
  const std::size_t wide = bits > 8 ? 2 : 1;
  frame f;
  f.format = format;
  f.width = f.source_width = width;
  f.height = f.source_height = height;
  f.content = {0, 0, width, height};
  f.plane_count = across == 0 ? 1 : 3;
  std::size_t end = 0;
  for (std::size_t i = 0; i < f.plane_count; ++i) {
    auto& p = f.planes[i];
    const auto columns = i == 0 ? width : (width + across - 1) / across;
    p.rows = i == 0 ? height : (height + down - 1) / down;
    p.row_bytes = static_cast<std::uint32_t>(columns * wide);
    p.stride = (p.row_bytes / 64 + 2) * 64;
    p.offset = end;
    end += std::size_t{p.stride} * p.rows + 64;
  }
  auto pool = slot_pool::create(1, end);
  REQUIRE(pool);
  f.slot = *(*pool)->acquire();
  const auto bytes = f.slot.bytes();
  std::fill(bytes.begin(), bytes.end(), between);
  for (std::size_t i = 0; i < f.plane_count; ++i) {
    const auto& p = f.planes[i];
    for (std::uint32_t y = 0; y < p.rows; ++y) {
      auto* const row = bytes.data() + p.offset + std::size_t{y} * p.stride;
      for (std::uint32_t x = 0; x < p.row_bytes / wide; ++x) {
        const auto value = at(x, y)[i];
        if (wide == 1) {
          row[x] = value;
        } else {
          const auto deep = static_cast<unsigned>(value) << (bits - 8);
          row[2 * x] = static_cast<std::uint8_t>(deep & 0xff);
          row[2 * x + 1] = static_cast<std::uint8_t>(deep >> 8);
        }
      }
    }
  }
  return f;
}

}  // namespace camherd::testing
