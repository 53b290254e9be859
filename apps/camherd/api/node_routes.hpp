#pragma once

#include "apps/camherd/api/herd_access.hpp"
#include "apps/camherd/api/picture/film.hpp"
#include "apps/camherd/http/router.hpp"
#include "core/base/clock.hpp"

#include <string>

namespace camherd::api {

/// Adds the routes of the node as a whole: /metrics, /api/v1/node, and without a token /healthz
/// and /readyz. `time` and `shown` outlive the server; the uptime counts
/// from now.
void add_node_routes(http::router& routes, const herd_access& herd, const std::string& version,
                     const clock& time, const picture_counts& shown);

}  // namespace camherd::api
