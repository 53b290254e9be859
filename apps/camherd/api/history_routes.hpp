#pragma once

#include "apps/camherd/api/herd_access.hpp"
#include "apps/camherd/history.hpp"
#include "apps/camherd/http/router.hpp"
#include "core/base/clock.hpp"

namespace camherd::api {

/// Adds /api/v1/history and /api/v1/cameras/{name}/history. `past` and `time` outlive the
/// server.
void add_history_routes(http::router& routes, const herd_access& herd, const history& past,
                        const clock& time);

}  // namespace camherd::api
