#include "core/media/yuv/plane_scaler.hpp"

#include <libyuv/scale.h>

#include <algorithm>
#include <utility>

namespace camherd::yuv {
namespace {

// Wide loads may touch what lies behind the last row.
constexpr std::size_t tail = 64;

int half(int side) noexcept {
  return (side + 1) / 2;
}

void resample(const plane_view& from, const plane_target& to) {
  libyuv::ScalePlane(from.samples, from.stride, from.width, from.height, to.samples, to.stride,
                     to.width, to.height, libyuv::kFilterBilinear);
}

}  // namespace

plane_target scratch_plane::shaped(int width, int height) {
  const int stride = (width + 63) / 64 * 64;
  const auto bytes = static_cast<std::size_t>(stride) * static_cast<std::size_t>(height) + tail;
  if (bytes_.size() < bytes) bytes_ = std::vector<std::uint8_t>(bytes);
  return {bytes_.data(), stride, width, height};
}

void plane_scaler::scale(plane_view from, const plane_target& to) {
  for (std::size_t turn = 0;; turn ^= 1U) {
    const bool wide = from.width >= 2 * to.width;
    const bool tall = from.height >= 2 * to.height;
    if (!wide && !tall) return resample(from, to);
    int height = tall ? half(from.height) : from.height;
    if (wide && !tall) {
      // libyuv halves both sides many times faster than the width alone.
      height = std::min(from.height, to.height);
      const auto stretched = stretched_.shaped(from.width, 2 * height);
      resample(from, stretched);
      from = stretched.view();
    }
    const int width = wide ? half(from.width) : from.width;
    if (width == to.width && height == to.height) return resample(from, to);
    const auto step = steps_[turn].shaped(width, height);
    resample(from, step);
    from = step.view();
  }
}

}  // namespace camherd::yuv
