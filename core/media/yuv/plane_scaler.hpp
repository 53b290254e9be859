#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace camherd::yuv {

/// Samples of 8 bits that somebody else owns. Strides are in bytes.
struct plane_view {
  const std::uint8_t* samples = nullptr;
  int stride = 0;
  int width = 0;
  int height = 0;
};

/// Where samples of 8 bits go.
struct plane_target {
  std::uint8_t* samples = nullptr;
  int stride = 0;
  int width = 0;
  int height = 0;

  [[nodiscard]] plane_view view() const noexcept { return {samples, stride, width, height}; }
};

/// Memory for one plane, kept from one picture to the next.
class scratch_plane {
 public:
  /// A plane of this size; what was there is gone.
  [[nodiscard]] plane_target shaped(int width, int height);

 private:
  std::vector<std::uint8_t> bytes_;
};

/// Brings planes to another size. Down by half or more it halves first, which averages pairs of
/// samples, so that every sample counts whatever the ratio; the rest, and up, is bilinear. One
/// thread at a time. Sides up to 32767. Takes memory for at most three times the source.
class plane_scaler {
 public:
  /// Fills `to` with `from`; a plain copy where the sizes are equal.
  void scale(plane_view from, const plane_target& to);

 private:
  scratch_plane stretched_;
  scratch_plane steps_[2];
};

}  // namespace camherd::yuv
