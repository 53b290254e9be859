#include "apps/camherd/api/log_routes.hpp"

#include "apps/camherd/api/body/log_body.hpp"
#include "apps/camherd/api/json_answer.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <variant>

namespace camherd::api {
namespace {

using http::method;
using http::request;
using http::response;

constexpr std::array<log_component, log_component_count> components{
    log_component::rtsp, log_component::decode, log_component::delivery, log_component::herd,
    log_component::http};

response show_levels(const event_log& log) {
  nlohmann::ordered_json levels;
  for (const auto component : components)
    levels[std::string{to_string(component)}] = to_string(log.level(component));
  return json_answer({{"levels", std::move(levels)}});
}

response change_levels(event_log& log, const request& asked) {
  const auto read = read_levels(asked.body);
  if (const auto* refused = std::get_if<response>(&read)) return *refused;
  const auto& changes = std::get<level_changes>(read);
  std::string said;
  for (const auto component : components) {
    const auto level = changes[static_cast<std::size_t>(component)];
    if (!level || *level == log.level(component)) continue;
    log.set_level(component, *level);
    said += (said.empty() ? "" : ", ") + std::string{to_string(component)} + ' ' +
            std::string{to_string(*level)};
  }
  if (!said.empty()) log.write(log_level::info, "", "log_levels", said, log_component::http);
  return show_levels(log);
}

}  // namespace

void add_log_routes(http::router& routes, const herd_access& herd) {
  routes.add(method::get, "/api/v1/log",
             [log = herd.log](const request& /*asked*/) { return show_levels(*log); });
  routes.add(method::patch, "/api/v1/log",
             [log = herd.log](const request& asked) { return change_levels(*log, asked); });
}

}  // namespace camherd::api
