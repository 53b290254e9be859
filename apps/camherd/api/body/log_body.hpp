#pragma once

#include "actors/event_feed.hpp"
#include "apps/camherd/http/response.hpp"

#include <array>
#include <optional>
#include <string>
#include <variant>

namespace camherd::api {

/// The level that each component is to have; nothing where it keeps what it has.
using level_changes = std::array<std::optional<log_level>, log_component_count>;

/// Reads changes of the log's levels from the body of a request: a JSON object with `levels`,
/// which is one level for all components or an object of components and levels. A refusal is
/// 400 for what is no such object and 422 for unknown components and levels.
[[nodiscard]] std::variant<level_changes, http::response> read_levels(const std::string& body);

}  // namespace camherd::api
