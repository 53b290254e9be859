#include "apps/camherd-sim/schedule.hpp"
#include "tests/support/catch.hpp"

#include <chrono>
#include <map>
#include <set>

namespace sim = camherd::sim;
using namespace std::chrono_literals;
using camherd::mono_time;
using std::chrono::nanoseconds;

namespace {

constexpr mono_time start{1h};

/// `pictures` pictures, 100 ms apart.
sim::loop_timing timing_of(std::size_t pictures, std::size_t gop) {
  sim::loop_timing timing;
  for (std::size_t i = 0; i < pictures; ++i) timing.send_at.push_back(i * 100ms);
  timing.duration = pictures * 100ms;
  timing.gop = gop;
  return timing;
}

}  // namespace

TEST_CASE("staggered cameras spread their keyframes and their instants", "[apps][sim]") {
  const auto timing = timing_of(120, 12);
  std::map<std::size_t, int> keyframes_in_interval;
  std::set<nanoseconds> instants;
  for (std::size_t camera = 0; camera < 48; ++camera) {
    const auto phase = phase_of(camera, 48, timing, sim::phase_plan::staggered);
    REQUIRE(phase.first_picture < 120);
    REQUIRE(phase.delay < 100ms);
    ++keyframes_in_interval[phase.first_picture % 12];
    instants.insert(phase.delay);
  }
  CHECK(instants.size() == 48);
  CHECK(keyframes_in_interval.size() == 12);
  for (const auto& [interval, count] : keyframes_in_interval) CHECK(count == 4);
}

TEST_CASE("cameras together begin alike", "[apps][sim]") {
  const auto timing = timing_of(24, 12);
  for (std::size_t camera = 0; camera < 5; ++camera) {
    const auto phase = phase_of(camera, 5, timing, sim::phase_plan::together);
    CHECK(phase.first_picture == 0);
    CHECK(phase.delay == 0ns);
  }
}

TEST_CASE("more cameras than pictures still get a place", "[apps][sim]") {
  const auto timing = timing_of(2, 1);
  for (std::size_t camera = 0; camera < 100; ++camera) {
    CHECK(phase_of(camera, 100, timing, sim::phase_plan::staggered).first_picture < 2);
  }
}

TEST_CASE("times go on over the seam of the loop without a jump", "[apps][sim]") {
  const auto timing = timing_of(5, 5);
  sim::play_head head{timing, {.first_picture = 3, .delay = 7ms}, start};
  for (std::size_t i = 0; i < 23; ++i) {
    CHECK(head.next() == (3 + i) % 5);
    CHECK(head.previous() == (2 + i) % 5);
    CHECK(head.due() == start + 7ms + i * 100ms);
    CHECK(head.previous_due() == head.due() - 100ms);
    head.advance();
  }
}

TEST_CASE("a held camera keeps its picture and its rhythm", "[apps][sim]") {
  const auto timing = timing_of(5, 5);
  sim::play_head head{timing, {}, start};
  head.advance();
  head.hold();
  head.hold();
  CHECK(head.next() == 1);
  CHECK(head.due() == start + 300ms);
  head.advance();
  CHECK(head.next() == 2);
  CHECK(head.due() == start + 400ms);
}

TEST_CASE("a late camera skips time, not pictures, and does not burst", "[apps][sim]") {
  const auto timing = timing_of(5, 5);
  sim::play_head head{timing, {}, start};
  SECTION("less than an interval late: nothing moves") {
    head.catch_up(start + 99ms);
    CHECK(head.due() == start);
  }
  SECTION("seconds late: at most one picture is overdue") {
    head.catch_up(start + 2345ms);
    CHECK(head.next() == 0);
    CHECK(head.due() == start + 2300ms);
    head.advance();
    CHECK(head.due() == start + 2400ms);
  }
}

TEST_CASE("a loop of one picture stands still without standing still", "[apps][sim]") {
  const auto timing = timing_of(1, 1);
  sim::play_head head{timing, {}, start};
  head.advance();
  CHECK(head.next() == 0);
  CHECK(head.previous() == 0);
  CHECK(head.due() == start + 100ms);
  CHECK(head.previous_due() == start);
  head.hold();
  CHECK(head.due() == start + 200ms);
}
