#include "core/media/yuv/colour_coefficients.hpp"

#include <libyuv/convert_argb.h>
#include <libyuv/row.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace camherd::yuv {
namespace {

/// libyuv's coefficients for limited range, with the right one for blue. Unless it was built
/// for "unlimited data", libyuv cuts that one off at 2.0, which costs saturated blue up to 15
/// levels; its code multiplies by larger ones just as well (checked in versions 1857 and 1962).
struct alignas(64) uncut_coefficients {
  /// `blue`: the weight of blue chroma in blue, in 1/64.
  uncut_coefficients(const libyuv::YuvConstants& cut, std::uint8_t blue) noexcept
      : constants{cut} {
    constexpr std::uint8_t cut_off = 128;
    const auto uncut = [&](auto& weights) {
      auto* const first = reinterpret_cast<std::uint8_t*>(&weights);
      std::replace(first, first + sizeof weights, cut_off, blue);
    };
#if defined(__aarch64__) || defined(__arm__)
    uncut(constants.kUVCoeff);
#else
    uncut(constants.kUVToB);
    uncut(constants.kUVToR);
#endif
  }

  libyuv::YuvConstants constants;
};

/// For both orders of the colours.
struct uncut_pair {
  uncut_pair(const libyuv::YuvConstants& yuv, const libyuv::YuvConstants& yvu,
             std::uint8_t blue) noexcept
      : bgr{yuv, blue}, rgb{yvu, blue} {}

  uncut_coefficients bgr;
  uncut_coefficients rgb;
};

colour_coefficients of(const uncut_pair& pair) noexcept {
  return {&pair.bgr.constants, &pair.rgb.constants};
}

}  // namespace

colour_coefficients coefficients_for(colour_matrix matrix, bool full_range) noexcept {
  using namespace libyuv;
  static const uncut_pair bt601{kYuvI601Constants, kYvuI601Constants, 129};
  static const uncut_pair bt709{kYuvH709Constants, kYvuH709Constants, 135};
  static const uncut_pair bt2020{kYuv2020Constants, kYvu2020Constants, 137};
  switch (matrix) {
    case colour_matrix::bt709:
      return full_range ? colour_coefficients{&kYuvF709Constants, &kYvuF709Constants}
                        : of(bt709);
    case colour_matrix::bt2020:
      return full_range ? colour_coefficients{&kYuvV2020Constants, &kYvuV2020Constants}
                        : of(bt2020);
    case colour_matrix::bt601:
      break;
  }
  return full_range ? colour_coefficients{&kYuvJPEGConstants, &kYvuJPEGConstants} : of(bt601);
}

}  // namespace camherd::yuv
