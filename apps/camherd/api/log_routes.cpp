#include "apps/camherd/api/log_routes.hpp"

#include "apps/camherd/api/json_answer.hpp"
#include "core/base/text.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <variant>

namespace camherd::api {
namespace {

using http::method;
using http::request;
using http::response;
using json = nlohmann::json;

using level_changes = std::array<std::optional<log_level>, log_component_count>;

constexpr std::array<log_component, log_component_count> components{
    log_component::rtsp, log_component::decode, log_component::delivery, log_component::herd,
    log_component::http};

response show_levels(const event_log& log) {
  nlohmann::ordered_json levels;
  for (const auto component : components)
    levels[std::string{to_string(component)}] = to_string(log.level(component));
  return json_answer({{"levels", std::move(levels)}});
}

response no_level(const std::string& of) {
  return http::refuse(422, of + ": must be debug, info, warning, error or off");
}

std::optional<log_level> level_in(const json& value) {
  if (!value.is_string()) return std::nullopt;
  return read_log_level(value.get_ref<const std::string&>());
}

std::variant<level_changes, response> read_changes(const std::string& body) {
  const auto document = json::parse(body, nullptr, false);
  if (!document.is_object() || !document.contains("levels"))
    return http::refuse(400, "the body must be a JSON object with levels");
  level_changes changes;
  const auto& levels = document["levels"];
  if (!levels.is_object()) {
    const auto level = level_in(levels);
    if (!level) return no_level("levels");
    changes.fill(level);
    return changes;
  }
  for (const auto& [name, value] : levels.items()) {
    const auto component = read_log_component(name);
    if (!component) {
      return http::refuse(422, printable(name) +
                                   ": is not one of rtsp, decode, delivery, herd and http");
    }
    const auto level = level_in(value);
    if (!level) return no_level(name);
    changes[static_cast<std::size_t>(*component)] = level;
  }
  return changes;
}

response change_levels(event_log& log, const request& asked) {
  const auto read = read_changes(asked.body);
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
