#include "apps/camherd/history.hpp"

#include "tests/support/catch.hpp"

#include <chrono>
#include <cstdint>
#include <vector>

using namespace camherd;
using namespace std::chrono_literals;

namespace {

/// A herd that reports once a second, with one camera unless told otherwise.
struct reporting_herd {
  // What the camera counts each second.
  std::uint64_t frames = 5;
  std::chrono::milliseconds age{20};
  camera_status yard;
  mono_time now{1h};
  history past;

  reporting_herd() { yard.health.name = "yard"; }

  herd_status status() const { return {.at = now, .cameras = {yard}}; }

  void begin() { past.add(status()); }

  void seconds(int count) {
    for (int i = 0; i < count; ++i) {
      now += 1s;
      auto& counts = yard.counters.counts;
      yard.counters.flow.received += 2 * frames;
      yard.counters.flow.dropped_by[0] += frames;
      counts.published += frames;
      counts.transport.bytes += 1000 * frames;
      counts.transport.packets_lost += 1;
      for (std::uint64_t f = 0; f < frames; ++f) counts.receive_to_published.record(age);
      past.add(status());
    }
  }

  [[nodiscard]] std::vector<float> fps(std::size_t most = history::kept) const {
    std::vector<float> all;
    for (const auto& point : past.of("yard", most)) all.push_back(point ? point->fps : -1);
    return all;
  }
};

using rates = std::vector<float>;

}  // namespace

TEST_CASE("before the first report nothing is known", "[history]") {
  const history past;
  CHECK_FALSE(past.until());
  CHECK(past.of("yard", 10).empty());
  CHECK_FALSE(past.recent("yard"));
}

TEST_CASE("a step says what happened in its ten seconds", "[history]") {
  reporting_herd herd;
  herd.yard.health.state = camera_state::streaming;
  herd.yard.counters.delivery.consumers = 3;
  herd.begin();
  herd.seconds(9);
  CHECK(herd.fps().empty());
  herd.seconds(1);
  const auto points = herd.past.of("yard", history::kept);
  REQUIRE(points.size() == 1);
  REQUIRE(points[0]);
  CHECK(points[0]->state == camera_state::streaming);
  CHECK(points[0]->fps == 5);
  CHECK(points[0]->received_fps == 10);
  CHECK(points[0]->dropped_fps == 5);
  CHECK(points[0]->bits == 40'000);
  CHECK(points[0]->packets_lost == 10);
  CHECK(points[0]->consumers == 3);
  CHECK(herd.past.until() == herd.now);
}

TEST_CASE("the age of a step is of its own frames alone", "[history]") {
  reporting_herd herd;
  herd.begin();
  herd.age = 500ms;
  herd.seconds(10);
  herd.age = 20ms;
  herd.seconds(10);
  herd.frames = 0;
  herd.seconds(10);
  const auto points = herd.past.of("yard", history::kept);
  REQUIRE(points.size() == 3);
  CHECK(points[0]->age->p50_ms == Approx(500).epsilon(0.04));
  CHECK(points[1]->age->p99_ms == Approx(20).epsilon(0.04));
  CHECK_FALSE(points[2]->age);
}

TEST_CASE("what is recent follows the last ten seconds", "[history]") {
  reporting_herd herd;
  herd.begin();
  herd.age = 500ms;
  herd.seconds(12);
  herd.age = 20ms;
  herd.frames = 3;
  herd.seconds(10);
  const auto recent = herd.past.recent("yard");
  REQUIRE(recent);
  CHECK(recent->dropped_fps == 3);
  CHECK(recent->age->p99_ms == Approx(20).epsilon(0.04));
}

TEST_CASE("counters that begin at 0 again count from 0", "[history]") {
  reporting_herd herd;
  herd.begin();
  herd.seconds(15);
  herd.yard.counters = {};
  herd.frames = 1;
  herd.seconds(5);
  const auto points = herd.past.of("yard", history::kept);
  REQUIRE(points.size() == 2);
  CHECK(points[1]->fps == 1);
  CHECK(points[1]->packets_lost == 5);
  CHECK(herd.past.recent("yard")->dropped_fps == 1);
}

TEST_CASE("steps without a report and before a camera came are unknown", "[history]") {
  reporting_herd herd;
  herd.past.add({.at = herd.now, .cameras = {}});
  herd.now += 10s;
  herd.past.add({.at = herd.now, .cameras = {}});
  herd.begin();
  herd.seconds(10);
  herd.now += 29s;
  herd.seconds(1);
  const auto fps = herd.fps();
  REQUIRE(fps.size() == 5);
  CHECK(rates(fps.begin(), fps.begin() + 4) == rates{-1, 5, -1, -1});
  CHECK(fps[4] == Approx(5.0 / 30));
  CHECK(herd.past.of("nobody", 3).size() == 3);
}

TEST_CASE("an hour is kept, and a camera that is gone is not", "[history]") {
  reporting_herd herd;
  herd.begin();
  herd.frames = 1;
  herd.seconds(20);
  herd.frames = 2;
  herd.seconds(3600);
  CHECK(herd.fps() == rates(history::kept, 2));
  CHECK(herd.fps(6) == rates(6, 2));
  CHECK(herd.past.of_all(6).size() == 1);
  herd.past.add({.at = herd.now, .cameras = {}});
  herd.now += 1s;
  herd.past.add({.at = herd.now, .cameras = {}});
  CHECK(herd.past.of_all(6).empty());
  CHECK_FALSE(herd.past.recent("yard"));
}
