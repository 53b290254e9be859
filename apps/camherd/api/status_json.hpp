#pragma once

#include "actors/status.hpp"
#include "apps/camherd/history.hpp"
#include "apps/camherd/steering.hpp"

#include <nlohmann/json.hpp>

#include <optional>

namespace camherd::api {

/// The few figures of a camera that live views follow. All keys are always there; what the herd
/// has not reported yet (`seen` is null) is null.
[[nodiscard]] nlohmann::ordered_json status_json(const steered_camera& camera,
                                                 const camera_status* seen,
                                                 const std::optional<recent_flow>& recent);

}  // namespace camherd::api
