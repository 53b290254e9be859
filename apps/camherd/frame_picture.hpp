#pragma once

#include "core/base/result.hpp"

#include <camherd/consumer.hpp>

#include <cstdint>
#include <vector>

namespace camherd {

inline constexpr int usual_quality = 90;

/// `frame`, of format gray8, rgb24 or bgr24, as a JPEG file. Errors: as `encode_jpeg`.
[[nodiscard]] result<std::vector<std::uint8_t>> to_jpeg(const consumer::frame& frame,
                                                        int quality = usual_quality);

}  // namespace camherd
