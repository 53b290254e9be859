#include "apps/camherd/api/description_route.hpp"

#include "apps/camherd/http/static_files.hpp"

#include <span>

namespace camherd {

// The folder description/, which has one file.
std::span<const http::static_file> api_description();

namespace api {

void add_description_route(http::router& routes) {
  routes.add(
      http::method::get, "/api/v1/openapi.json",
      [](const http::request& /*asked*/) {
        return http::response::bytes("application/json",
                                     http::body::of_program(api_description().front().bytes));
      },
      http::audience::everyone);
}

}  // namespace api
}  // namespace camherd
