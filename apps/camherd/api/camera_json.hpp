#pragma once

#include "actors/status.hpp"
#include "apps/camherd/steering.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace camherd::api {

/// A camera as operators see it, without credentials. `seen` is null until the herd has
/// reported about it; then `state` is null too and no counts are there.
[[nodiscard]] nlohmann::ordered_json camera_json(const steered_camera& camera,
                                                 const camera_status* seen);

/// Every setting of a camera by the keys of the configuration; secrets of the URL as "***".
[[nodiscard]] nlohmann::ordered_json settings_json(const camera_config& camera);

/// The ETag of a camera, with its quotes.
[[nodiscard]] std::string etag_of(const steered_camera& camera);

}  // namespace camherd::api
