#include "apps/camherd/api/node_routes.hpp"

#include "apps/camherd/api/json_answer.hpp"
#include "apps/camherd/metrics_page.hpp"
#include "apps/camherd/process_usage.hpp"

#include <array>
#include <chrono>
#include <cstddef>

namespace camherd::api {
namespace {

using http::audience;
using http::method;
using http::request;
using http::response;
using json = nlohmann::ordered_json;

json cameras_by_state(const herd_status& status) {
  std::array<std::size_t, camera_state_count> counts{};
  for (const auto& camera : status.cameras)
    ++counts.at(static_cast<std::size_t>(camera.health.state));
  json object = json::object();
  for (std::size_t i = 0; i < counts.size(); ++i)
    object[std::string{to_string(static_cast<camera_state>(i))}] = counts[i];
  return object;
}

response show_node(const herd_access& herd, const std::string& version,
                   std::chrono::duration<double> uptime, const picture_counts& shown) {
  const auto status = herd.newest();
  const auto usage = read_process_usage();
  return json_answer({{"version", version},
                      {"uptime_seconds", uptime.count()},
                      {"cameras", cameras_by_state(status ? *status : herd_status{})},
                      {"process",
                       {{"cpu_seconds", usage.cpu_seconds},
                        {"peak_rss_bytes", usage.peak_rss_bytes},
                        {"threads", usage.threads}}},
                      {"pictures",
                       {{"viewers", shown.viewers.load()},
                        {"connections", shown.connections.load()},
                        {"encoded", shown.encoded.load()}}}});
}

response say_ready(const herd_access& herd) {
  if (herd.newest()) return response::text("ready\n");
  return http::refuse(503, "the herd has not reported yet");
}

response show_metrics(const herd_access& herd) {
  const auto status = herd.newest();
  if (!status) return http::refuse(503, "the herd has not reported yet");
  auto page = render_metrics(*status, read_process_usage(), herd.reloaded());
  return response::bytes(metrics_content_type, http::body{std::move(page)});
}

}  // namespace

void add_node_routes(http::router& routes, const herd_access& herd, const std::string& version,
                     const clock& time, const picture_counts& shown) {
  routes.add(
      method::get, "/healthz", [](const request& /*asked*/) { return response::text("ok\n"); },
      audience::everyone);
  routes.add(
      method::get, "/readyz", [=](const request& /*asked*/) { return say_ready(herd); },
      audience::everyone);
  routes.add(method::get, "/metrics",
             [=](const request& /*asked*/) { return show_metrics(herd); });
  routes.add(method::get, "/api/v1/node",
             [=, &time, &shown, since = time.now()](const request& /*asked*/) {
               return show_node(herd, version, time.now() - since, shown);
             });
}

}  // namespace camherd::api
