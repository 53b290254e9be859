#pragma once

#include <array>
#include <cstdint>

namespace camherd::rtsp {

/// What precedes each NAL unit of an access unit (ITU-T H.264 annex B).
inline constexpr std::array<std::uint8_t, 4> start_code{0, 0, 0, 1};

}  // namespace camherd::rtsp
