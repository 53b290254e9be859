#include "tests/apps/api_fixture.hpp"

#include <chrono>

using namespace camherd;
using namespace camherd::testing;
using namespace std::chrono_literals;

namespace {

// Eleven seconds of a camera with 5 frames a second.
void report_a_step(api_fixture& f) {
  camera_status yard;
  yard.health.name = yard.counters.name = "yard";
  yard.health.state = camera_state::streaming;
  const auto begin = std::chrono::steady_clock::now() - 11s;
  for (int second = 0; second <= 11; ++second) {
    f.report({.at = begin + second * 1s, .cameras = {yard}});
    yard.counters.counts.published += 5;
    yard.counters.counts.receive_to_published.record(8ms);
  }
}

}  // namespace

TEST_CASE("the last hour of a camera is shown in steps of ten seconds", "[api][history]") {
  api_fixture f;
  CHECK(f.ask("GET", "/api/v1/cameras/yard/history").body["until"] == nullptr);
  report_a_step(f);
  const auto yard = f.ask("GET", "/api/v1/cameras/yard/history");
  REQUIRE(yard.status == 200);
  CHECK(yard.body["step_seconds"] == 10);
  CHECK(yard.body["until"].is_string());
  CHECK(yard.body["state"] == json{"streaming"});
  CHECK(yard.body["fps"] == json{5.0});
  CHECK(yard.body["age_p50_ms"] == json{8.0});
  CHECK(yard.body["packets_lost"] == json{0});
  const auto door = f.ask("GET", "/api/v1/cameras/door/history");
  CHECK(door.body["state"] == json{nullptr});
  CHECK(f.ask("GET", "/api/v1/cameras/nobody/history").status == 404);
}

TEST_CASE("the rates of the whole herd are shown together", "[api][history]") {
  api_fixture f;
  report_a_step(f);
  const auto all = f.ask("GET", "/api/v1/history?minutes=1");
  CHECK(all.body["cameras"] == json{{"yard", {{"fps", {5.0}}}}});
  CHECK(f.ask("GET", "/api/v1/history?minutes=61").status == 422);
  CHECK(f.ask("GET", "/api/v1/history?minutes=0").status == 422);
}
