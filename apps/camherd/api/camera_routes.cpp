#include "apps/camherd/api/camera_routes.hpp"

#include "apps/camherd/api/body/camera_body.hpp"
#include "apps/camherd/api/camera_json.hpp"
#include "apps/camherd/api/json_answer.hpp"
#include "apps/camherd/api/made_body.hpp"
#include "apps/camherd/api/seen_cameras.hpp"
#include "core/base/text.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace camherd::api {
namespace {

using http::method;
using http::request;
using http::responder;
using http::response;
using json = nlohmann::ordered_json;

constexpr auto all_cameras = "/api/v1/cameras";
constexpr auto one_camera = "/api/v1/cameras/{name}";

unsigned status_for(steering_problem problem) {
  switch (problem) {
    case steering_problem::not_found:
      return 404;
    case steering_problem::exists:
    case steering_problem::in_file:
      return 409;
    case steering_problem::out_of_date:
      return 412;
    case steering_problem::invalid:
      return 422;
    case steering_problem::storage:
      return 507;
  }
  return 500;
}

response no_camera(std::string_view name) {
  return http::refuse(404, "no camera " + printable(name));
}

using wanted_cameras = std::shared_ptr<const std::vector<steered_camera>>;
using list_body = made_body<wanted_cameras, std::shared_ptr<const herd_status>>;

std::string list_text(const std::vector<steered_camera>& wanted,
                      const std::shared_ptr<const herd_status>& status) {
  const seen_cameras seen{status};
  json cameras = json::array();
  for (const auto& camera : wanted)
    cameras.push_back(camera_json(camera, seen.find(camera.spec.name)));
  return json_text({{"cameras", std::move(cameras)}});
}

response list_cameras(const herd_access& herd, list_body& made) {
  const auto wanted = herd.wanted.current();
  const auto status = herd.newest();
  return response::bytes("application/json",
                         made.of(wanted, status, [&] { return list_text(*wanted, status); }));
}

response show_camera(const herd_access& herd, std::string_view name, unsigned code = 200) {
  const auto camera = herd.wanted.camera(name);
  if (!camera) return no_camera(name);
  const seen_cameras seen{herd.newest()};
  auto object = camera_json(*camera, seen.find(name));
  object["settings"] = settings_json(camera->spec);
  return json_answer(object, code).with("ETag", etag_of(*camera));
}

// The revision that If-Match insists on (RFC 9110, 13.1.1), nothing if on none. What matches
// no camera is 0, which no camera has.
std::optional<std::uint64_t> expected_revision(const request& asked, const steering& wanted) {
  const auto* field = asked.header("if-match");
  if (!field || *field == "*") return std::nullopt;
  const auto camera = wanted.camera(asked.parameter("name"));
  if (!camera) return 0;
  const auto tag = etag_of(*camera);
  for (std::string_view rest{*field}; !rest.empty();) {
    if (trim(take_until(rest, ',')) == tag) return camera->revision;
  }
  return 0;
}

using outcome = std::optional<steering_error>;

/// Queues `change` and answers with its error, or else with what `done` says.
void make_change(change_queue& changes, const responder& to, std::function<outcome()> change,
                 std::function<response()> done) {
  const bool taken = changes.push([to, change = std::move(change), done = std::move(done)] {
    const auto failed = change();
    to.send(failed ? http::refuse(status_for(failed->problem), failed->text) : done());
  });
  if (!taken) {
    to.send(http::refuse(503, "too many changes wait for the disk").with("Retry-After", "1"));
  }
}

void add_settings_routes(http::router& routes, const herd_access& herd, change_queue& changes) {
  routes.add(method::post, all_cameras,
             [=, &changes](const request& asked, const responder& to) {
               auto read = read_camera(asked.body, std::nullopt);
               if (auto* refused = std::get_if<response>(&read))
                 return to.send(std::move(*refused));
               make_change(
                   changes, to, [=] { return herd.wanted.add(std::get<camera_config>(read)); },
                   [herd, name = std::get<camera_config>(read).name] {
                     return show_camera(herd, name, 201)
                         .with("Location", std::string{all_cameras} + '/' + name);
                   });
             });
  routes.add(method::put, one_camera, [=, &changes](const request& asked, const responder& to) {
    const auto& name = asked.parameter("name");
    auto read = read_camera(asked.body, name);
    if (auto* refused = std::get_if<response>(&read)) return to.send(std::move(*refused));
    make_change(
        changes, to,
        [=, expected = expected_revision(asked, herd.wanted)] {
          return herd.wanted.change(std::get<camera_config>(read), expected);
        },
        [=] { return show_camera(herd, name); });
  });
  routes.add(method::del, one_camera, [=, &changes](const request& asked, const responder& to) {
    make_change(
        changes, to,
        [=, name = asked.parameter("name"), expected = expected_revision(asked, herd.wanted)] {
          return herd.wanted.remove(name, expected);
        },
        [] { return response{}; });
  });
}

enum class running : bool { no, yes };

http::handler switching(const herd_access& herd, change_queue& changes, running wanted) {
  return [=, &changes](const request& asked, const responder& to) {
    const auto& name = asked.parameter("name");
    make_change(
        changes, to, [=] { return herd.wanted.set_started(name, wanted == running::yes); },
        [=] { return show_camera(herd, name); });
  };
}

response restart_camera(const herd_access& herd, const std::string& name) {
  const auto camera = herd.wanted.camera(name);
  if (!camera) return no_camera(name);
  if (!runs(*camera))
    return http::refuse(409, "camera " + name + " does not run; start it instead");
  herd.restart(name);
  response accepted;
  accepted.status = 202;
  return accepted;
}

}  // namespace

void add_camera_routes(http::router& routes, const herd_access& herd, change_queue& changes) {
  routes.add(method::get, all_cameras,
             [herd, made = std::make_shared<list_body>()](const request& /*asked*/) {
               return list_cameras(herd, *made);
             });
  routes.add(method::get, one_camera,
             [=](const request& asked) { return show_camera(herd, asked.parameter("name")); });
  add_settings_routes(routes, herd, changes);
  const std::string one = one_camera;
  routes.add(method::post, one + "/start", switching(herd, changes, running::yes));
  routes.add(method::post, one + "/stop", switching(herd, changes, running::no));
  routes.add(method::post, one + "/restart", [=](const request& asked) {
    return restart_camera(herd, asked.parameter("name"));
  });
}

}  // namespace camherd::api
