#include "apps/camherd/api/body/log_body.hpp"

#include "core/base/text.hpp"

#include <nlohmann/json.hpp>

namespace camherd::api {
namespace {

using json = nlohmann::json;

http::response no_level(const std::string& of) {
  return http::refuse(422, of + ": must be debug, info, warning, error or off");
}

std::optional<log_level> level_in(const json& value) {
  if (!value.is_string()) return std::nullopt;
  return read_log_level(value.get_ref<const std::string&>());
}

}  // namespace

std::variant<level_changes, http::response> read_levels(const std::string& body) {
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
      return http::refuse(
          422, printable(name) + ": is not one of rtsp, decode, delivery, herd and http");
    }
    const auto level = level_in(value);
    if (!level) return no_level(name);
    changes[static_cast<std::size_t>(*component)] = level;
  }
  return changes;
}

}  // namespace camherd::api
