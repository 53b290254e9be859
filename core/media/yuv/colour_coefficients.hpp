#pragma once

#include "core/frame/frame.hpp"

namespace libyuv {
struct YuvConstants;
}

namespace camherd::yuv {

/// What libyuv needs to make colours of luma and chroma.
struct colour_coefficients {
  const libyuv::YuvConstants* bgr = nullptr;
  const libyuv::YuvConstants* rgb = nullptr;  ///< with the chroma planes exchanged
};

/// Of ITU-R BT.601, BT.709 or BT.2020, from limited or full range. Valid for ever.
[[nodiscard]] colour_coefficients coefficients_for(colour_matrix matrix,
                                                   bool full_range) noexcept;

}  // namespace camherd::yuv
