#pragma once

#include "apps/camherd-sim/encoded_loop.hpp"
#include "core/base/result.hpp"

#include <string>

namespace camherd::sim {

/// Writes the pictures of one round of `loop` to the file `path`, for measuring programs that
/// want what the cameras send without the network: H.264 and H.265 as a byte stream (ITU-T
/// H.264 Annex B) with parameter sets before each keyframe, MJPEG as one JPEG after the other.
/// Errors: `internal` if the file cannot be written or there is no parser.
[[nodiscard]] result<void> save_clip(const encoded_loop& loop, const std::string& path);

}  // namespace camherd::sim
