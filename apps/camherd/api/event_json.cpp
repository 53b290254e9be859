#include "apps/camherd/api/event_json.hpp"

#include "actors/event_line.hpp"
#include "apps/camherd/api/iso_time.hpp"

namespace camherd::api {

nlohmann::ordered_json event_json(const node_event& event) {
  nlohmann::ordered_json object{{"id", event.id},
                                {"at", iso_time(event.at)},
                                {"level", to_string(event.level)},
                                {"component", to_string(event.component)},
                                {"camera", nullptr},
                                {"event", event.event},
                                {"cause", event.cause},
                                {"repeated", event.repeated},
                                {"line", line_of(event)}};
  if (!event.camera.empty()) object["camera"] = event.camera;
  return object;
}

}  // namespace camherd::api
