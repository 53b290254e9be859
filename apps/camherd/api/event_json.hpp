#pragma once

#include "actors/event_feed.hpp"

#include <nlohmann/json.hpp>

namespace camherd::api {

/// An event as operators read it, with its line of the log.
[[nodiscard]] nlohmann::ordered_json event_json(const node_event& event);

}  // namespace camherd::api
