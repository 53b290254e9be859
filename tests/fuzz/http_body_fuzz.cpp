// A body as a client of the HTTP API sends it, to each route that reads one: it is refused with
// a problem in words that give no password away, or read into something that means the same
// when it is printed and read again.
#include "apps/camherd/api/body/camera_body.hpp"
#include "apps/camherd/api/body/log_body.hpp"
#include "config/camera_settings.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

using namespace camherd;
using json = nlohmann::json;

namespace {

constexpr std::string_view password = "s3cretW0rd";

void require(bool holds) {
  if (!holds) std::abort();
}

/// Whether the password stands where one belongs, and nowhere else in the body.
bool holds_password(const std::string& body) {
  const auto first = body.find(password);
  if (first == std::string::npos || body.find(password, first + 1) != std::string::npos) {
    return false;
  }
  const auto document = json::parse(body, nullptr, false);
  if (!document.is_object()) return false;
  if (document.contains("password")) return document["password"] == password;
  if (!document.contains("url") || !document["url"].is_string()) return false;
  const auto url = document["url"].get<std::string>();
  return url.find(':' + std::string{password} + '@') != std::string::npos;
}

void check_refusal(const http::response& refused, const std::string& body) {
  require(refused.status == 400 || refused.status == 422);
  require(refused.trouble && !refused.trouble->detail.empty());
  if (holds_password(body)) {
    require(refused.trouble->detail.find(password) == std::string::npos);
  }
  const auto written = http::write_response(refused, {});
  require(json::accept(written.content.bytes()));
}

void check_camera(const std::string& body, const std::optional<std::string>& name) {
  const auto read = api::read_camera(body, name);
  if (const auto* refused = std::get_if<http::response>(&read)) {
    return check_refusal(*refused, body);
  }
  const auto& camera = std::get<camera_config>(read);
  require(!name || camera.name == *name);
  json printed = json::object();
  for (const auto& [key, value] : print_camera(camera, secrets::shown)) printed[key] = value;
  const auto again = api::read_camera(printed.dump(), camera.name);
  require(std::holds_alternative<camera_config>(again));
  require(std::get<camera_config>(again) == camera);
}

void check_levels(const std::string& body) {
  const auto read = api::read_levels(body);
  if (const auto* refused = std::get_if<http::response>(&read)) {
    return check_refusal(*refused, body);
  }
  const auto& changes = std::get<api::level_changes>(read);
  json levels = json::object();
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (changes[i]) {
      levels[std::string{to_string(static_cast<log_component>(i))}] = to_string(*changes[i]);
    }
  }
  const auto again = api::read_levels(json{{"levels", levels}}.dump());
  require(std::holds_alternative<api::level_changes>(again));
  require(std::get<api::level_changes>(again) == changes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string body{reinterpret_cast<const char*>(data), size};
  check_camera(body, std::nullopt);
  check_camera(body, "yard");
  check_levels(body);
  return 0;
}
