#pragma once

#include "apps/camherd/api/change_queue.hpp"
#include "apps/camherd/api/herd_access.hpp"
#include "apps/camherd/http/router.hpp"

namespace camherd::api {

/// Adds the routes under /api/v1/cameras. `changes` outlives the server.
void add_camera_routes(http::router& routes, const herd_access& herd, change_queue& changes);

}  // namespace camherd::api
