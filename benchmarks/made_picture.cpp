#include "benchmarks/made_picture.hpp"

namespace camherd {

frame make_picture(const picture_kind& kind) {
  const bool deep = kind.format == pixel_format::yuv420p10;
  frame f;
  f.format = kind.format;
  f.width = f.source_width = kind.width;
  f.height = f.source_height = kind.height;
  f.content = {0, 0, kind.width, kind.height};
  f.metadata.matrix = colour_matrix::bt709;
  f.plane_count = 3;
  std::size_t end = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    auto& p = f.planes[i];
    p.rows = i == 0 ? kind.height : kind.height / 2;
    p.row_bytes = (i == 0 ? kind.width : kind.width / 2) * (deep ? 2 : 1);
    p.stride = (p.row_bytes + 127) / 64 * 64;
    p.offset = end;
    end += std::size_t{p.stride} * p.rows + 64;
  }
  auto pool = slot_pool::create(1, end);
  if (!pool) return {};
  f.slot = *(*pool)->acquire();
  std::uint32_t noise = 1;
  for (std::size_t i = 0; i < 3; ++i) {
    const auto& p = f.planes[i];
    for (std::uint32_t y = 0; y < p.rows; ++y) {
      auto* const row = f.slot.bytes().data() + p.offset + std::size_t{y} * p.stride;
      for (std::uint32_t x = 0; x < p.row_bytes / (deep ? 2 : 1); ++x) {
        noise = noise * 1664525 + 1013904223;
        const auto value = 60 + (x / 4 + y / 3) % 120 + (noise >> 28);
        if (deep) {
          row[2 * x] = static_cast<std::uint8_t>(value << 2);
          row[2 * x + 1] = static_cast<std::uint8_t>(value >> 6);
        } else {
          row[x] = static_cast<std::uint8_t>(value);
        }
      }
    }
  }
  return f;
}

}  // namespace camherd
