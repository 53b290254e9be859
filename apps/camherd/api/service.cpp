#include "apps/camherd/api/service.hpp"

#include "apps/camherd/api/camera_routes.hpp"
#include "apps/camherd/api/node_routes.hpp"
#include "apps/camherd/http/static_files.hpp"

#include <chrono>
#include <span>
#include <utility>

namespace camherd {

/// The files of web/, which the build embeds.
std::span<const http::static_file> dashboard_files();

}  // namespace camherd

namespace camherd::api {

using namespace std::chrono_literals;

result<std::unique_ptr<service>> service::start(const http_config& settings,
                                                const herd_access& herd,
                                                const std::string& version) {
  std::unique_ptr<service> made{new service};
  http::router routes;
  add_node_routes(routes, herd, version, made->time_);
  add_camera_routes(routes, herd, made->changes_);
  http::serve_files(routes, dashboard_files());
  auto server = http::server::start(settings, std::move(routes), made->time_);
  if (!server) return server.error();
  made->scheme_ = settings.certificate.empty() ? "http://" : "https://";
  made->server_ = *std::move(server);
  return made;
}

service::~service() {
  if (server_) server_->stop(500ms);
}

std::vector<std::string> service::urls() const {
  std::vector<std::string> all;
  for (const auto& address : server_->addresses()) all.push_back(scheme_ + to_string(address));
  return all;
}

}  // namespace camherd::api
