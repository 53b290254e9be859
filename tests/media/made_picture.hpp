#pragma once

#include "core/media/converter.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace camherd::testing {

inline constexpr std::uint8_t canary = 0xab;
inline constexpr std::size_t canaries = 256;

/// A rendition with what lies behind it.
struct made_picture {
  picture_layout layout;
  std::vector<std::uint8_t> bytes;

  [[nodiscard]] const std::uint8_t* row(std::size_t plane, std::uint32_t y) const {
    return bytes.data() + layout.planes[plane].offset +
           std::size_t{y} * layout.planes[plane].stride;
  }
  /// Channel 0, 1, 2: red, green and blue, or luma, blue and red chroma.
  [[nodiscard]] int at(int channel, std::uint32_t x, std::uint32_t y) const {
    switch (layout.format) {
      case pixel_format::rgb24:
        return row(0, y)[3 * x + static_cast<unsigned>(channel)];
      case pixel_format::bgr24:
        return row(0, y)[3 * x + static_cast<unsigned>(2 - channel)];
      case pixel_format::nv12:
        return channel == 0 ? row(0, y)[x]
                            : row(1, y / 2)[x / 2 * 2 + static_cast<unsigned>(channel - 1)];
      default:
        return channel == 0 ? row(0, y)[x]
                            : row(static_cast<std::size_t>(channel), y / 2)[x / 2];
    }
  }
  [[nodiscard]] int channels() const { return layout.format == pixel_format::gray8 ? 1 : 3; }
  [[nodiscard]] bool in_content(std::uint32_t x, std::uint32_t y) const {
    const auto& c = layout.content;
    return x >= c.x && x < c.x + c.width && y >= c.y && y < c.y + c.height;
  }
  [[nodiscard]] double mean(int channel) const {
    double sum = 0;
    const auto& c = layout.content;
    for (auto y = c.y; y < c.y + c.height; ++y) {
      for (auto x = c.x; x < c.x + c.width; ++x) sum += at(channel, x, y);
    }
    return sum / c.width / c.height;
  }
  /// How many pixels, of the whole picture, `is_so` holds for.
  template <class Predicate>
  [[nodiscard]] std::size_t pixels_where(Predicate is_so) const {
    std::size_t count = 0;
    for (std::uint32_t y = 0; y < layout.height; ++y) {
      for (std::uint32_t x = 0; x < layout.width; ++x) count += is_so(x, y) ? 1 : 0;
    }
    return count;
  }
  /// True if bytes between rows and behind the picture are as they were.
  [[nodiscard]] bool kept_to_its_rows() const {
    std::vector<bool> used(bytes.size());
    for (std::size_t p = 0; p < layout.plane_count; ++p) {
      for (std::uint32_t y = 0; y < layout.planes[p].rows; ++y) {
        const auto first = row(p, y) - bytes.data();
        std::fill_n(used.begin() + first, layout.planes[p].row_bytes, true);
      }
    }
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      if (!used[i] && bytes[i] != canary) return false;
    }
    return true;
  }
};

inline made_picture make(picture_converter& by, const frame& from, const rendition& wanted) {
  const auto layout = lay_out(wanted, from);
  REQUIRE(layout);
  REQUIRE(*layout);
  made_picture made{**layout, {}};
  made.bytes.assign(made.layout.bytes + canaries, canary);
  REQUIRE(by.convert(from, made.layout, std::span{made.bytes}.first(made.layout.bytes)));
  REQUIRE(made.kept_to_its_rows());
  return made;
}

inline made_picture make(const frame& from, const rendition& wanted) {
  return make(*make_converter(), from, wanted);
}

}  // namespace camherd::testing
