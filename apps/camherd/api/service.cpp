#include "apps/camherd/api/service.hpp"

#include "apps/camherd/api/camera_routes.hpp"
#include "apps/camherd/api/description_route.hpp"
#include "apps/camherd/api/event_routes.hpp"
#include "apps/camherd/api/history_routes.hpp"
#include "apps/camherd/api/log_routes.hpp"
#include "apps/camherd/api/node_routes.hpp"
#include "apps/camherd/api/picture/picture_routes.hpp"
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
  std::unique_ptr<service> made{new service{herd.wanted}};
  auto shown = pictures::create(herd.runtime_dir, [&wanted = herd.wanted](const auto& name) {
    const auto camera = wanted.camera(name);
    return camera && runs(*camera);
  });
  if (!shown) return shown.error();
  made->pictures_ = *std::move(shown);
  http::router routes;
  add_node_routes(routes, herd, version, made->time_, made->pictures_->counts());
  add_camera_routes(routes, herd, made->changes_);
  add_picture_routes(routes, herd, *made->pictures_);
  add_history_routes(routes, herd, made->past_, made->time_);
  add_event_routes(routes, herd, made->statuses_);
  add_log_routes(routes, herd);
  add_description_route(routes);
  for (const auto& route : routes.routes())
    made->routes_.push_back(std::string{to_string(route.verb)} + ' ' + route.pattern);
  http::serve_files(routes, dashboard_files());
  auto server = http::server::start(settings, std::move(routes), made->time_);
  if (!server) return server.error();
  made->scheme_ = settings.certificate.empty() ? "http://" : "https://";
  made->server_ = *std::move(server);
  return made;
}

service::~service() {
  if (pictures_) pictures_->close();
  if (server_) server_->stop(500ms);
}

void service::tell(std::shared_ptr<const herd_status> status) {
  past_.add(*status);
  statuses_.tell(std::move(status));
}

std::vector<std::string> service::urls() const {
  std::vector<std::string> all;
  for (const auto& address : server_->addresses()) all.push_back(scheme_ + to_string(address));
  return all;
}

}  // namespace camherd::api
