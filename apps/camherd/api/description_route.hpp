#pragma once

#include "apps/camherd/http/router.hpp"

namespace camherd::api {

/// Adds /api/v1/openapi.json, open to everybody: the file in description/, which describes
/// every route of the API.
void add_description_route(http::router& routes);

}  // namespace camherd::api
