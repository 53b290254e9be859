#pragma once

#include "apps/camherd/api/herd_access.hpp"
#include "apps/camherd/http/router.hpp"

namespace camherd::api {

/// Adds /api/v1/log, which shows and changes the levels of the log.
void add_log_routes(http::router& routes, const herd_access& herd);

}  // namespace camherd::api
