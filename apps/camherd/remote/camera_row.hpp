#pragma once

#include "core/base/result.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace camherd::remote {

/// A camera as camherd's API describes it; its texts are fit for a terminal.
struct camera_row {
  std::string name;
  std::string state;  ///< of the API; "unresponsive", or "unknown" before the herd has reported
  std::string detail;
  std::string url;  ///< without secrets
  bool started = true;
  bool enabled = true;
  double received_fps = 0;
  double published_fps = 0;
  double bits = 0;    ///< a second
  double p50_ms = 0;  ///< from receipt to decoding, since the camera's start
  double p99_ms = 0;
  double dropped_fps = 0;  ///< see `note_drops`
  std::uint64_t dropped = 0;
  std::uint64_t restarts = 0;
  std::uint64_t packets_lost = 0;
  std::uint64_t consumers = 0;
};

/// The cameras of an answer to GET /api/v1/cameras. Errors: `corrupt` where it is none.
[[nodiscard]] result<std::vector<camera_row>> read_cameras(
    const nlohmann::ordered_json& content);

/// Sets `dropped_fps` from the counts of `before`, which are `apart` older. 0 where the camera
/// is new or has begun to count anew.
void note_drops(std::vector<camera_row>& rows, const std::vector<camera_row>& before,
                std::chrono::duration<double> apart);

}  // namespace camherd::remote
