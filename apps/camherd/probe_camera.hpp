#pragma once

#include "config/config.hpp"
#include "core/base/source.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace camherd {

/// What one try to watch a camera has shown.
struct probe_findings {
  std::optional<stream_info> stream;  ///< nothing if it was never opened
  std::optional<error> failure;       ///< why it ended, or nothing if it was still running
  std::vector<std::string> notices;

  std::chrono::milliseconds connected_after{};
  std::optional<std::chrono::milliseconds> keyframe_after;  ///< first keyframe, since the start
  std::uint32_t width = 0;  ///< pixels; 0 if nothing was decoded
  std::uint32_t height = 0;
  std::string pixel_format;
  std::string decode_error;

  std::uint64_t pictures = 0;
  std::uint64_t keyframes = 0;
  double measured_fps = 0;  ///< by the camera's timestamps; 0 with fewer than two pictures
  std::optional<std::uint64_t>
      keyframe_distance;  ///< pictures from the last keyframe but one to the last
  double bits_per_second = 0;
  source_statistics transport;
  /// The camera's clock ahead of ours; nothing if it told none.
  std::optional<std::chrono::milliseconds> clock_ahead;
};

/// Watches `camera` until it has shown two distances between keyframes or `patience` is over,
/// then ends the session in good order. Blocks.
[[nodiscard]] probe_findings probe_camera(const camera_config& camera,
                                          std::chrono::milliseconds patience);

/// A sentence on what to try after `failure`; empty if there is nothing to advise.
[[nodiscard]] std::string advice_for(const error& failure);

}  // namespace camherd
