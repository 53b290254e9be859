// Cameras that stop and start while the herd runs, and those beside them.
#include "tests/actors/herd_fixture.hpp"
#include "tests/support/catch.hpp"

using namespace camherd;
using namespace std::chrono_literals;
using camherd::testing::everything;
using camherd::testing::picture;

namespace {

struct switch_fixture : testing::herd_fixture {
  switch_fixture() {
    apply({yard});
    sink->ask("yard", everything);
    stream("yard", 2);
  }

  void stop() {
    yard.stopped = true;
    apply({yard});
  }

  void start() {
    yard.stopped = false;
    apply({yard});
  }

  [[nodiscard]] std::vector<std::uint64_t> sequences(const std::string& camera) const {
    std::vector<std::uint64_t> numbers;
    for (const auto& frame : sink->frames.at(camera)) numbers.push_back(frame.sequence);
    return numbers;
  }

  [[nodiscard]] camera_state state() const { return sink->states.at("yard").back().state; }

  camera_config yard = camera_at("yard", "rtsp://10.0.0.1/");
};

}  // namespace

TEST_CASE_METHOD(switch_fixture,
                 "a stopped camera closes its session and tells its consumers, who stay",
                 "[actors][herd][switch]") {
  stop();
  CHECK(source_of("yard")->stopped);
  CHECK(sink->states["yard"].back().state == camera_state::stopped);
  CHECK(sink->states["yard"].back().reason == "stopped by an operator");
  CHECK(sink->closings["yard"].empty());
  advance(2min);
  CHECK(sessions_of("yard") == 1);
  CHECK(observer->of("yard").health.state == camera_state::stopped);
  CHECK(observer->of("yard").health.detail == "stopped by an operator");
}

TEST_CASE_METHOD(switch_fixture, "counters and consumers go on after a stop and a start",
                 "[actors][herd][switch]") {
  stop();
  advance(1s);
  start();
  advance(1s);
  REQUIRE(sessions_of("yard") == 2);
  stream("yard", 1);
  advance(1s);
  CHECK(sequences("yard") == std::vector<std::uint64_t>{0, 1, 2, 3, 4});
  CHECK(sink->frames["yard"][3].dropped_before == 0);
  CHECK(sink->listeners["yard"].size() == 1);
  CHECK(observer->of("yard").counters.flow.decoded == 5);
  CHECK(observer->of("yard").counters.counts.sessions == 2);
  CHECK(observer->of("yard").counters.counts.restarts_total() == 0);
  CHECK(decoder->reserved == everything.held_frames);
}

TEST_CASE_METHOD(switch_fixture, "a camera started again waits for the end of its session",
                 "[actors][herd][switch]") {
  auto* const first = source_of("yard");
  first->ends_when_stopped = false;
  stop();
  REQUIRE(first->stopped);
  start();
  advance(2s);
  CHECK(sessions_of("yard") == 1);
  CHECK(state() == camera_state::stopped);

  first->end({error_kind::end_of_stream, "stopped"});
  advance(1s);
  CHECK(sessions_of("yard") == 2);
  CHECK(state() == camera_state::connecting);
}

TEST_CASE_METHOD(switch_fixture, "a camera that waits for its next try can be stopped",
                 "[actors][herd][switch]") {
  source_of("yard")->end({error_kind::retry, "reset"});
  run();
  REQUIRE(state() == camera_state::backoff);
  stop();
  advance(2min);
  CHECK(sessions_of("yard") == 1);
  CHECK(state() == camera_state::stopped);
  start();
  advance(1s);
  CHECK(sessions_of("yard") == 2);
}

TEST_CASE_METHOD(switch_fixture, "words of a session that is being closed change nothing",
                 "[actors][herd][switch]") {
  apply({});
  apply({yard});
  auto* const source = source_of("yard");
  source->ends_when_stopped = false;
  stop();
  source->open();
  run();
  CHECK(state() == camera_state::stopped);
  source->end({error_kind::authentication, "refused"});
  advance(2min);
  CHECK(state() == camera_state::stopped);
  CHECK(sessions_of("yard") == 2);
}

TEST_CASE_METHOD(switch_fixture, "a camera that crashes while it stops can be started again",
                 "[actors][herd][switch]") {
  source_of("yard")->ends_when_stopped = false;
  stop();
  const bool again = GENERATE(false, true);
  if (again) start();
  send("yard", picture::reference, testing::fake_decoder::explode);
  advance(1s);
  CHECK(sessions_of("yard") == (again ? 2U : 1U));
  CHECK(state() == (again ? camera_state::connecting : camera_state::stopped));
}

TEST_CASE_METHOD(switch_fixture, "a stopped camera ignores a restart",
                 "[actors][herd][switch]") {
  stop();
  tell_anonymously(herd, restart_atom_v, "yard");
  advance(2min);
  CHECK(sessions_of("yard") == 1);
}

TEST_CASE_METHOD(switch_fixture, "a camera disabled by its settings says so",
                 "[actors][herd][switch]") {
  yard.enabled = false;
  apply({yard});
  CHECK(sink->states["yard"].back().reason == "disabled in the configuration");
  CHECK(sink->closings["yard"].empty());
  stop();
  CHECK(sink->states["yard"].back().reason == "stopped by an operator");
  yard.enabled = true;
  apply({yard});
  advance(1s);
  CHECK(sessions_of("yard") == 1);
  start();
  advance(1s);
  CHECK(sessions_of("yard") == 2);
}

TEST_CASE_METHOD(switch_fixture, "a file that was played to its end can be restarted",
                 "[actors][herd][switch]") {
  auto clip = camera_at("clip", "file:clip.mp4");
  clip.loop = false;
  apply({yard, clip});
  stream("clip");
  source_of("clip")->end({error_kind::end_of_stream, "end"});
  advance(1s);
  REQUIRE(observer->of("clip").health.state == camera_state::stopped);
  tell_anonymously(herd, restart_atom_v, "clip");
  advance(1s);
  CHECK(sessions_of("clip") == 2);
}

TEST_CASE_METHOD(switch_fixture, "a new monitor knows who is stopped",
                 "[actors][herd][switch]") {
  const auto door = camera_at("door", "rtsp://10.0.0.2/");
  yard.stopped = true;
  apply({yard, door});
  stream("door");
  sink->states_that_throw = 1;
  source_of("door")->end({error_kind::retry, "reset"});
  advance(5s);
  REQUIRE(log_text.str().find("monitor_restarted") != std::string::npos);
  CHECK(sessions_of("yard") == 1);
  CHECK(state() == camera_state::stopped);
  yard.stopped = false;
  apply({yard, door});
  advance(1s);
  CHECK(sessions_of("yard") == 2);
}

TEST_CASE_METHOD(switch_fixture, "no change of other cameras costs a camera a frame",
                 "[actors][herd][switch]") {
  auto door = camera_at("door", "rtsp://10.0.0.2/");
  const auto attic = camera_at("attic", "rtsp://10.0.0.3/");
  const auto before = next_unit;
  const auto go_on = [&] {
    send("yard", picture::reference);
    advance(200ms);
    send("yard", picture::reference);
  };
  const auto change = [&](std::vector<camera_config> cameras) {
    cameras.insert(cameras.begin() + (cameras.empty() ? 0 : 1), yard);
    apply(std::move(cameras));
    go_on();
  };
  change({door});
  stream("door");
  change({door, attic});
  door.frames_per_second_limit = 2;
  change({door, attic});
  door.stopped = true;
  change({door, attic});
  door.stopped = false;
  change({door, attic});
  tell_anonymously(herd, restart_atom_v, "attic");
  go_on();
  change({attic});
  change({});

  const auto sent = next_unit - before - 1;  // one was door's
  const auto numbers = sequences("yard");
  REQUIRE(numbers.size() == 3 + sent);
  for (std::size_t i = 0; i < numbers.size(); ++i) CHECK(numbers[i] == i);
  CHECK(sessions_of("yard") == 1);
  CHECK(sink->listeners["yard"].size() == 1);
  CHECK(sink->closings["yard"].empty());
}
