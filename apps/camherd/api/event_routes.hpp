#pragma once

#include "apps/camherd/api/herd_access.hpp"
#include "apps/camherd/api/status_streams.hpp"
#include "apps/camherd/http/router.hpp"

namespace camherd::api {

/// Adds the routes under /api/v1/events. `statuses` outlives the server.
void add_event_routes(http::router& routes, const herd_access& herd, status_streams& statuses);

}  // namespace camherd::api
