#pragma once

#include "apps/camherd-sim/encoded_loop.hpp"
#include "core/base/result.hpp"

#include <string>

namespace camherd::sim {

/// Reads the H.264, H.265 or MJPEG stream of a file as it is, with its own timing and B
/// pictures, from its first keyframe to its end. A raw byte stream without timing counts as 25
/// pictures a second. Errors: `invalid_argument` if the file cannot be read or holds no such
/// stream.
[[nodiscard]] result<encoded_loop> copy_clip(const std::string& path);

}  // namespace camherd::sim
