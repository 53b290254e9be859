#pragma once

#include "apps/camherd/http/response.hpp"
#include "config/config.hpp"

#include <optional>
#include <string>
#include <variant>

namespace camherd::api {

/// Reads a camera from the body of a request: a JSON object of `name` and settings, whose
/// values are texts, numbers or truth values. `name`: the camera that the path names; without
/// it the body must. A refusal is 400 for what is no such object and 422 for wrong settings.
[[nodiscard]] std::variant<camera_config, http::response> read_camera(
    const std::string& body, const std::optional<std::string>& name);

}  // namespace camherd::api
