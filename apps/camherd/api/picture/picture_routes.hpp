#pragma once

#include "apps/camherd/api/herd_access.hpp"
#include "apps/camherd/api/picture/pictures.hpp"
#include "apps/camherd/http/router.hpp"

namespace camherd::api {

/// Adds snapshot.jpg and stream.mjpeg of every camera. `shown` outlives the server.
void add_picture_routes(http::router& routes, const herd_access& herd, pictures& shown);

}  // namespace camherd::api
