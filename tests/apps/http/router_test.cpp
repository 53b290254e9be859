#include "apps/camherd/http/router.hpp"

#include "apps/camherd/http/target.hpp"
#include "tests/support/catch.hpp"

using namespace camherd::http;

namespace {

response nothing(const request&) {
  return {};
}

/// The pattern that serves a path, or nothing.
std::string served_by(const router& routes, method verb, std::string_view path) {
  const auto found = routes.find(verb, parse_target(path)->segments);
  return found.found == nullptr ? "" : found.found->pattern;
}

router cameras() {
  router routes;
  routes.add(method::get, "/api/v1/cameras", nothing);
  routes.add(method::post, "/api/v1/cameras", nothing);
  routes.add(method::get, "/api/v1/cameras/{name}", nothing);
  routes.add(method::del, "/api/v1/cameras/{name}", nothing);
  routes.add(method::post, "/api/v1/cameras/{name}/restart", nothing);
  routes.add(method::get, "/api/v1/cameras/all", nothing, audience::everyone);
  routes.add(method::get, "/", nothing, audience::everyone);
  return routes;
}

}  // namespace

TEST_CASE("a pattern hands its parameters to the handler", "[http][router]") {
  const auto routes = cameras();
  const auto found =
      routes.find(method::post, parse_target("/api/v1/cameras/front%20door/restart")->segments);
  REQUIRE(found.found != nullptr);
  CHECK(found.found->pattern == "/api/v1/cameras/{name}/restart");
  CHECK(found.parameters == std::vector<field>{{"name", "front door"}});
}

TEST_CASE("only the whole path matches", "[http][router]") {
  const auto routes = cameras();
  for (const auto* path :
       {"/api", "/api/v1/cameras/", "/api/v1/cameras/a/b", "//api/v1/cameras",
        "/api/v1/cameras//restart", "/API/v1/cameras", "/index.html"}) {
    INFO(path);
    CHECK(routes.find(method::get, parse_target(path)->segments).allowed.empty());
  }
  CHECK(served_by(routes, method::get, "/") == "/");
}

TEST_CASE("literal segments go before parameters, in whichever order they were added",
          "[http][router]") {
  const auto routes = cameras();
  CHECK(served_by(routes, method::get, "/api/v1/cameras/all") == "/api/v1/cameras/all");
  CHECK(served_by(routes, method::get, "/api/v1/cameras/yard") == "/api/v1/cameras/{name}");
  router mixed;
  mixed.add(method::get, "/{a}/x", nothing);
  mixed.add(method::get, "/b/{c}", nothing);
  CHECK(served_by(mixed, method::get, "/b/x") == "/b/{c}");
}

TEST_CASE("another method at a known path is told which there are", "[http][router]") {
  const auto routes = cameras();
  const auto found = routes.find(method::put, parse_target("/api/v1/cameras/yard")->segments);
  CHECK(found.found == nullptr);
  CHECK(allow_text(found.allowed) == "GET, HEAD, DELETE, OPTIONS");
}

TEST_CASE("HEAD is served wherever GET is", "[http][router]") {
  const auto routes = cameras();
  CHECK(served_by(routes, method::head, "/api/v1/cameras") == "/api/v1/cameras");
  CHECK(served_by(routes, method::head, "/api/v1/cameras/a/restart").empty());
}

TEST_CASE("the access of a path follows its route", "[http][router]") {
  const auto routes = cameras();
  const auto who = [&](method verb, std::string_view path) {
    return routes.find(verb, parse_target(path)->segments).who;
  };
  CHECK(who(method::get, "/") == audience::everyone);
  CHECK(who(method::get, "/api/v1/cameras/yard") == audience::token);
  CHECK(who(method::get, "/unknown") == audience::token);
}

TEST_CASE("every route can be listed", "[http][router]") {
  const auto routes = cameras();
  CHECK(routes.routes().size() == 7);
  CHECK(routes.routes()[4].pattern == "/api/v1/cameras/{name}/restart");
  CHECK(to_string(routes.routes()[4].verb) == "POST");
}
