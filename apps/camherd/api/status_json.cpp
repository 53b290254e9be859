#include "apps/camherd/api/status_json.hpp"

#include "apps/camherd/api/rounded.hpp"

namespace camherd::api {

using json = nlohmann::ordered_json;

json status_json(const steered_camera& camera, const camera_status* seen,
                 const std::optional<recent_flow>& recent) {
  json object{{"name", camera.spec.name},
              {"state", nullptr},
              {"detail", nullptr},
              {"responsive", nullptr},
              {"started", camera.started},
              {"enabled", camera.spec.enabled},
              {"from_file", camera.from_file}};
  for (const auto* key :
       {"fps", "received_fps", "bits", "age_p50_ms", "age_p99_ms", "dropped", "dropped_fps",
        "restarts", "packets_lost", "consumers"})
    object[key] = nullptr;
  if (!seen) return object;
  const auto& [health, counters] = *seen;
  object["state"] = to_string(health.state);
  object["detail"] = health.detail;
  object["responsive"] = health.responsive;
  object["fps"] = rounded(counters.rates.published);
  object["received_fps"] = rounded(counters.rates.received);
  object["bits"] = rounded(counters.rates.bits);
  object["dropped"] = counters.flow.dropped();
  object["restarts"] = counters.counts.restarts_total();
  object["packets_lost"] = counters.counts.transport.packets_lost;
  object["consumers"] = counters.delivery.consumers;
  if (!recent) return object;
  object["dropped_fps"] = rounded(recent->dropped_fps);
  if (recent->age) {
    object["age_p50_ms"] = rounded(recent->age->p50_ms);
    object["age_p99_ms"] = rounded(recent->age->p99_ms);
  }
  return object;
}

}  // namespace camherd::api
