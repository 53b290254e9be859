#include "apps/camherd/api/history_routes.hpp"

#include "apps/camherd/api/iso_time.hpp"
#include "apps/camherd/api/json_answer.hpp"
#include "apps/camherd/api/query_reader.hpp"
#include "apps/camherd/api/rounded.hpp"
#include "core/base/text.hpp"

#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

namespace camherd::api {
namespace {

using http::method;
using http::request;
using http::response;
using json = nlohmann::ordered_json;

constexpr query_range asked_minutes{1, 60, 10};

json frame_of(const history& past, const clock& time) {
  json object{{"step_seconds", history::step.count()}, {"until", nullptr}};
  if (const auto until = past.until()) {
    const auto ago = std::chrono::duration_cast<wall_time::duration>(time.now() - *until);
    object["until"] = iso_time(time.wall_now() - ago);
  }
  return object;
}

// `value` of each point; null where nothing is known.
template <class Value>
json series(const history::points& points, Value value) {
  json all = json::array();
  for (const auto& point : points) all.push_back(point ? json(value(*point)) : json(nullptr));
  return all;
}

json age_json(const std::optional<frame_age>& age, float frame_age::*quantile) {
  if (!age) return nullptr;
  return rounded(*age.*quantile);
}

response show_fleet(const history& past, const clock& time, const request& asked) {
  query_reader query{asked};
  const std::chrono::minutes minutes{query.number("minutes", asked_minutes)};
  if (auto refused = query.refusal()) return *std::move(refused);
  auto object = frame_of(past, time);
  auto& cameras = object["cameras"] = json::object();
  for (const auto& [camera, points] :
       past.of_all(static_cast<std::size_t>(minutes / history::step))) {
    cameras[camera] = {
        {"fps", series(points, [](const auto& point) { return rounded(point.fps); })}};
  }
  return json_answer(object);
}

response show_camera(const history& past, const clock& time, std::string_view camera) {
  using point = history_point;
  auto object = frame_of(past, time);
  const auto points = past.of(camera, history::kept);
  const auto add = [&](const char* key, auto value) { object[key] = series(points, value); };
  add("state", [](const point& p) { return to_string(p.state); });
  add("received_fps", [](const point& p) { return rounded(p.received_fps); });
  add("fps", [](const point& p) { return rounded(p.fps); });
  add("dropped_fps", [](const point& p) { return rounded(p.dropped_fps); });
  add("bits", [](const point& p) { return rounded(p.bits); });
  add("age_p50_ms", [](const point& p) { return age_json(p.age, &frame_age::p50_ms); });
  add("age_p99_ms", [](const point& p) { return age_json(p.age, &frame_age::p99_ms); });
  add("packets_lost", [](const point& p) { return p.packets_lost; });
  add("consumers", [](const point& p) { return p.consumers; });
  return json_answer(object);
}

}  // namespace

void add_history_routes(http::router& routes, const herd_access& herd, const history& past,
                        const clock& time) {
  routes.add(method::get, "/api/v1/history",
             [&](const request& asked) { return show_fleet(past, time, asked); });
  routes.add(method::get, "/api/v1/cameras/{name}/history", [&, herd](const request& asked) {
    const auto& name = asked.parameter("name");
    if (!herd.wanted.camera(name)) return http::refuse(404, "no camera " + printable(name));
    return show_camera(past, time, name);
  });
}

}  // namespace camherd::api
