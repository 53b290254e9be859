#include "apps/camherd/api/body/camera_body.hpp"

#include "config/camera_settings.hpp"
#include "core/base/text.hpp"

#include <nlohmann/json.hpp>

#include <utility>
#include <vector>

namespace camherd::api {
namespace {

// Not ordered_json, which takes a time quadratic in the number of keys.
using json = nlohmann::json;

// More than there are; bounds what a hostile body costs.
constexpr std::size_t max_settings = 64;

std::optional<std::string> as_text(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number() || value.is_boolean()) return value.dump();
  return std::nullopt;
}

std::string in_words(const std::vector<setting_problem>& problems) {
  std::string all;
  for (const auto& [key, text] : problems) {
    if (!all.empty()) all += "; ";
    if (!key.empty()) all += printable(key) + ": ";
    all += text;
  }
  return all;
}

}  // namespace

std::variant<camera_config, http::response> read_camera(
    const std::string& body, const std::optional<std::string>& name) {
  const auto document = json::parse(body, nullptr, false);
  if (!document.is_object())
    return http::refuse(400, "the body must be a JSON object of settings");
  if (document.size() > max_settings) return http::refuse(400, "these are too many settings");
  auto camera_name = name;
  std::vector<camera_setting> settings;
  for (const auto& [key, value] : document.items()) {
    auto text = as_text(value);
    if (!text)
      return http::refuse(422, printable(key) + ": must be a text, a number, true or false");
    if (key == "name" && !camera_name) {
      camera_name = *std::move(text);
    } else {
      settings.push_back({key, *std::move(text)});
    }
  }
  if (!camera_name) return http::refuse(422, "name: is missing");
  auto outcome = parse_camera(*camera_name, settings);
  if (!outcome.problems.empty()) return http::refuse(422, in_words(outcome.problems));
  return std::move(outcome.value);
}

}  // namespace camherd::api
