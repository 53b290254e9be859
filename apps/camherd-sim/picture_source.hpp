#pragma once

#include "apps/camherd-sim/options.hpp"
#include "core/base/result.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace camherd::sim {

/// A writable planar YUV 4:2:0 picture in memory of somebody else.
struct yuv_picture {
  std::array<std::uint8_t*, 3> planes{};
  std::array<std::size_t, 3> strides{};
  picture_size size;

  [[nodiscard]] std::size_t width(std::size_t plane) const noexcept {
    return plane == 0 ? size.width : size.width / 2;
  }
  [[nodiscard]] std::size_t height(std::size_t plane) const noexcept {
    return plane == 0 ? size.height : size.height / 2;
  }
  [[nodiscard]] std::span<std::uint8_t> row(std::size_t plane, std::size_t y) const noexcept {
    return {planes[plane] + y * strides[plane], width(plane)};
  }
};

enum class picture_outcome : std::uint8_t { drawn, end };

/// Raw pictures in order, as often as wanted from the beginning.
class picture_source {
 public:
  virtual ~picture_source() = default;

  [[nodiscard]] virtual picture_size size() const = 0;

  /// The next picture is the first one again.
  [[nodiscard]] virtual result<void> rewind() = 0;

  /// Draws the next picture into `picture`, which has the size of this source.
  [[nodiscard]] virtual result<picture_outcome> next(const yuv_picture& picture) = 0;
};

}  // namespace camherd::sim
