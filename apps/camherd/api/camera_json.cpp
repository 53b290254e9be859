#include "apps/camherd/api/camera_json.hpp"

#include "apps/camherd/count_json.hpp"
#include "config/camera_settings.hpp"

namespace camherd::api {

using json = nlohmann::ordered_json;

json camera_json(const steered_camera& camera, const camera_status* seen) {
  json object{{"name", camera.spec.name},
              {"url", camera.spec.url.redacted()},
              {"from_file", camera.from_file},
              {"enabled", camera.spec.enabled},
              {"started", camera.started},
              {"revision", camera.revision},
              {"state", nullptr}};
  if (!seen) return object;
  const auto& [health, counters] = *seen;
  object["state"] = to_string(health.state);
  object["detail"] = health.detail;
  object["responsive"] = health.responsive;
  object["rates"] = {{"received", counters.rates.received},
                     {"decoded", counters.rates.decoded},
                     {"published", counters.rates.published},
                     {"bits", counters.rates.bits}};
  object["received"] = counters.flow.received;
  object["decoded"] = counters.flow.decoded;
  object["dropped"] = by_reason(counters.flow.dropped_by);
  object["restarts"] = by_cause(counters.counts.restarts);
  object["latency_ms"] = latency_json(counters.counts.receive_to_decoded);
  object["bytes"] = counters.counts.transport.bytes;
  object["packets_lost"] = counters.counts.transport.packets_lost;
  object["delivery"] = delivery_json(counters.delivery);
  return object;
}

json settings_json(const camera_config& camera) {
  json object = json::object();
  for (const auto& [key, value] : print_camera(camera, secrets::hidden)) object[key] = value;
  return object;
}

std::string etag_of(const steered_camera& camera) {
  return '"' + std::to_string(camera.revision) + '"';
}

}  // namespace camherd::api
