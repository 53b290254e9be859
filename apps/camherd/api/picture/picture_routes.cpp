#include "apps/camherd/api/picture/picture_routes.hpp"

#include "core/base/text.hpp"

#include <optional>
#include <string>

namespace camherd::api {
namespace {

using http::method;
using http::refuse;
using http::request;
using http::responder;
using http::response;

std::optional<response> refusal_of(const herd_access& herd, const std::string& name) {
  const auto camera = herd.wanted.camera(name);
  if (!camera) return refuse(404, "no camera " + printable(name));
  if (!runs(*camera)) return refuse(409, "camera " + name + " does not run");
  return std::nullopt;
}

using action = void (*)(pictures& shown, const request& asked, const picture_query& wanted,
                        const responder& to);

void take_snapshot(pictures& shown, const request& asked, const picture_query& wanted,
                   const responder& to) {
  shown.take_snapshot(asked.parameter("name"), wanted, to);
}

void show(pictures& shown, const request& asked, const picture_query& wanted,
          const responder& to) {
  if (asked.verb == method::head) {
    (void)to.open_multipart();  // says what it would be
    return;
  }
  shown.show(asked.parameter("name"), wanted, to);
}

http::handler checked(const herd_access& herd, pictures& shown, action what) {
  return [=, &shown](const request& asked, const responder& to) {
    if (auto refused = refusal_of(herd, asked.parameter("name")))
      return to.send(*std::move(refused));
    const auto wanted = read_picture_query(asked);
    if (!wanted) return to.send(refuse(422, wanted.error().message()));
    what(shown, asked, *wanted, to);
  };
}

}  // namespace

void add_picture_routes(http::router& routes, const herd_access& herd, pictures& shown) {
  const std::string one = "/api/v1/cameras/{name}";
  routes.add(method::get, one + "/snapshot.jpg", checked(herd, shown, take_snapshot));
  routes.add(method::get, one + "/stream.mjpeg", checked(herd, shown, show));
}

}  // namespace camherd::api
