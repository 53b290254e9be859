#include "actors/monitor.hpp"

#include "tests/support/actor_fixture.hpp"
#include "tests/support/catch.hpp"

using namespace camherd;
using namespace std::chrono_literals;
using camherd::testing::fake_decoder;
using camherd::testing::picture;

namespace {

// A monitor with a stand-in for the herd that keeps its last report.
struct monitor_fixture : testing::actor_fixture {
  monitor_fixture() { start({}); }

  ~monitor_fixture() override {
    tell_anonymously(monitor, halt_atom_v);
    tell_anonymously(herd, halt_atom_v);
    advance(5s);
  }

  void start(monitor_options options) {
    if (monitor) {
      tell_anonymously(monitor, halt_atom_v);
      run();
    }
    options.random = [this] { return random_value; };
    if (!herd) herd = system.spawn(stand_in, this);
    monitor = spawn_monitor(system, options, services, herd);
    run();
  }

  static herd_actor::behavior_type stand_in(herd_actor::pointer self,
                                            monitor_fixture* fixture) {
    return {
        [](apply_atom, const config_ptr&) {},
        [](const demand&) {},
        [](const consumers_asked&) {},
        [](restart_atom, const std::string&) {},
        [fixture](const health_ptr& health) { fixture->health = health; },
        [](const counters_ptr&) {},
        [fixture](halted_atom) { ++fixture->halted; },
        [self](halt_atom) { self->quit(); },
    };
  }

  std::shared_ptr<camera_account> track(const camera_config& spec) {
    auto account = std::make_shared<camera_account>();
    tell_anonymously(monitor, track_atom_v,
                     camera_entry{std::make_shared<const camera_config>(spec), account});
    run();
    return account;
  }

  camera_state state_of(const std::string& camera) {
    advance(1s);
    for (const auto& c : *health) {
      if (c.name == camera) return c.state;
    }
    FAIL("no camera " << camera);
    return camera_state::stopped;
  }

  // Fails the open session and returns how long it takes until the next is opened.
  std::chrono::milliseconds delay_after(const std::string& camera, error reason) {
    const auto before = sessions_of(camera);
    source_of(camera)->end(std::move(reason));
    run();
    std::chrono::milliseconds waited{0};
    while (sessions_of(camera) == before && waited < 10min) {
      advance(50ms);
      waited += 50ms;
    }
    return waited;
  }

  monitor_actor monitor;
  herd_actor herd;
  health_ptr health;
  int halted = 0;
};

const error refused{error_kind::retry, "connection refused"};
const error unauthorized{error_kind::authentication, "401"};

std::uint64_t restarts(const camera_account& account, restart_cause cause) {
  return account.metrics.counts().restarts[static_cast<std::size_t>(cause)];
}

}  // namespace

TEST_CASE_METHOD(monitor_fixture, "a camera connects as soon as it is tracked",
                 "[actors][monitor]") {
  track(camera_at("yard", "rtsp://10.0.0.1/"));
  REQUIRE(sessions_of("yard") == 1);
  CHECK(source_of("yard")->started);
  CHECK(state_of("yard") == camera_state::connecting);
  source_of("yard")->open();
  CHECK(state_of("yard") == camera_state::waiting_keyframe);
  send("yard", picture::key);
  CHECK(state_of("yard") == camera_state::streaming);
}

TEST_CASE_METHOD(monitor_fixture, "failures are retried with doubling delays up to the longest",
                 "[actors][monitor]") {
  monitor_options options;
  options.restarts.budget = 100;
  start(options);
  const auto account = track(camera_at("yard", "rtsp://10.0.0.1/"));
  for (const auto expected : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s}) {
    CHECK(delay_after("yard", refused) == expected);
  }
  CHECK(restarts(*account, restart_cause::connection) == 8);
}

TEST_CASE_METHOD(monitor_fixture, "delays are spread by the jitter", "[actors][monitor]") {
  track(camera_at("yard", "rtsp://10.0.0.1/"));
  random_value = 0.0;
  CHECK(delay_after("yard", refused) == 800ms);
  random_value = 0.999;
  CHECK(delay_after("yard", refused) == 2400ms);
}

TEST_CASE_METHOD(monitor_fixture, "the delay starts over after a minute of streaming",
                 "[actors][monitor]") {
  track(camera_at("yard", "rtsp://10.0.0.1/"));
  delay_after("yard", refused);
  delay_after("yard", refused);
  stream("yard");
  for (int i = 0; i < 61; ++i) {
    advance(1s);
    send("yard", picture::reference);
  }
  CHECK(delay_after("yard", refused) == 1s);
}

TEST_CASE_METHOD(
    monitor_fixture,
    "a camera that spends its restart budget is quarantined: one try a minute, until an "
    "operator restarts it",
    "[actors][monitor]") {
  monitor_options options;
  options.restarts.budget = 3;
  start(options);
  track(camera_at("yard", "rtsp://10.0.0.1/"));
  CHECK(delay_after("yard", refused) == 1s);
  CHECK(delay_after("yard", refused) == 2s);
  CHECK(delay_after("yard", refused) == 60s);
  source_of("yard")->end(refused);
  CHECK(state_of("yard") == camera_state::quarantined);

  const auto before = sessions_of("yard");
  tell_anonymously(monitor, restart_atom_v, "yard");
  run();
  CHECK(sessions_of("yard") == before + 1);
  CHECK(delay_after("yard", refused) == 1s);
}

TEST_CASE_METHOD(monitor_fixture,
                 "quarantine_delay is between the tries of a quarantined camera",
                 "[actors][monitor]") {
  node_config node;
  node.restart_delay = 1s;
  node.process_restart_threshold = 2;
  node.quarantine_delay = 3min;
  start(make_monitor_options(node));
  track(camera_at("yard", "rtsp://10.0.0.1/"));
  CHECK(delay_after("yard", refused) == 1s);
  for (int i = 0; i < 2; ++i) CHECK(delay_after("yard", refused) == 3min);
  CHECK(log_text.str().find("next try in 180.0 s") != std::string::npos);
  source_of("yard")->end(refused);
  CHECK(state_of("yard") == camera_state::quarantined);
  // Of refused credentials too.
  track(camera_at("gate", "rtsp://10.0.0.2/"));
  CHECK(delay_after("gate", unauthorized) == 3min);
}

TEST_CASE_METHOD(monitor_fixture, "refused credentials go straight to the slow lane",
                 "[actors][monitor]") {
  const auto account = track(camera_at("yard", "rtsp://10.0.0.1/"));
  source_of("yard")->end(unauthorized);
  CHECK(state_of("yard") == camera_state::quarantined);
  advance(58s);
  CHECK(sessions_of("yard") == 1);
  advance(2s);
  CHECK(sessions_of("yard") == 2);
  CHECK(restarts(*account, restart_cause::authentication) == 1);
}

TEST_CASE_METHOD(monitor_fixture, "connects are limited for each host and for the node",
                 "[actors][monitor]") {
  monitor_options options;
  options.connects_per_second = 10;
  options.connects_per_second_per_host = 2;
  start(options);
  random_value = 0.0;
  for (int i = 0; i < 8; ++i) {
    track(camera_at("recorder-" + std::to_string(i), "rtsp://10.0.0.1/ch" + std::to_string(i)));
  }
  for (int i = 0; i < 8; ++i) {
    track(camera_at("single-" + std::to_string(i), "rtsp://10.0.1." + std::to_string(i) + "/"));
  }
  const auto opened = [&](const std::string& kind) {
    return std::count_if(sources.begin(), sources.end(), [&](const auto& entry) {
      return entry.first.starts_with(kind) && !entry.second.empty();
    });
  };
  CHECK(opened("recorder") == 2);
  CHECK(opened("single") == 8);
  advance(1100ms);
  CHECK(opened("recorder") == 4);
  advance(2100ms);
  CHECK(opened("recorder") == 8);
}

TEST_CASE_METHOD(monitor_fixture,
                 "a camera whose actor crashes comes back, and no other notices",
                 "[actors][monitor]") {
  const auto account = track(camera_at("yard", "rtsp://10.0.0.1/"));
  track(camera_at("door", "rtsp://10.0.0.2/"));
  stream("yard");
  stream("door");
  send("yard", picture::reference, fake_decoder::explode);
  CHECK(state_of("yard") == camera_state::backoff);
  CHECK(sources["yard"][0]->stopped);
  CHECK(state_of("door") == camera_state::streaming);
  advance(1s);
  REQUIRE(sessions_of("yard") == 2);
  stream("yard");
  CHECK(state_of("yard") == camera_state::streaming);
  CHECK(restarts(*account, restart_cause::crash) == 1);
  CHECK(sessions_of("door") == 1);
  CHECK(account->flow->counts().in_flight == 0);
  CHECK(account->flow->counts().balanced());
}

TEST_CASE_METHOD(monitor_fixture, "a camera whose actor has no memory ends and comes back",
                 "[actors][monitor]") {
  const auto account = track(camera_at("yard", "rtsp://10.0.0.1/"));
  track(camera_at("door", "rtsp://10.0.0.2/"));
  stream("yard");
  stream("door");
  send("yard", picture::reference, fake_decoder::starve);
  CHECK(state_of("yard") == camera_state::backoff);
  CHECK(log_text.str().find("no memory") != std::string::npos);
  CHECK(state_of("door") == camera_state::streaming);
  advance(1s);
  stream("yard");
  CHECK(state_of("yard") == camera_state::streaming);
  CHECK(account->flow->counts().balanced());
}

TEST_CASE_METHOD(monitor_fixture, "a requested restart reconnects without delay",
                 "[actors][monitor]") {
  const auto account = track(camera_at("yard", "rtsp://10.0.0.1/"));
  stream("yard");
  tell_anonymously(monitor, restart_atom_v, "yard");
  advance(50ms);
  CHECK(sessions_of("yard") == 2);
  CHECK(sources["yard"][0]->stopped);
  CHECK(restarts(*account, restart_cause::requested) == 1);
}

TEST_CASE_METHOD(monitor_fixture, "an untracked camera is closed and never tried again",
                 "[actors][monitor]") {
  track(camera_at("yard", "rtsp://10.0.0.1/"));
  stream("yard");
  tell_anonymously(monitor, untrack_atom_v, "yard");
  advance(2min);
  CHECK(source_of("yard")->stopped);
  CHECK(sessions_of("yard") == 1);
  CHECK(health->empty());
}

TEST_CASE_METHOD(monitor_fixture, "a camera untracked during its backoff stays away",
                 "[actors][monitor]") {
  track(camera_at("yard", "rtsp://10.0.0.1/"));
  source_of("yard")->end(refused);
  run();
  tell_anonymously(monitor, untrack_atom_v, "yard");
  advance(2min);
  CHECK(sessions_of("yard") == 1);
}

TEST_CASE_METHOD(monitor_fixture, "a disabled camera is shown and not connected",
                 "[actors][monitor]") {
  auto spec = camera_at("yard", "rtsp://10.0.0.1/");
  spec.enabled = false;
  track(spec);
  CHECK(state_of("yard") == camera_state::stopped);
  CHECK(sessions_of("yard") == 0);
}

TEST_CASE_METHOD(monitor_fixture, "a file that does not loop is over at its end",
                 "[actors][monitor]") {
  auto spec = camera_at("clip", "file:/tmp/clip.mp4");
  spec.loop = false;
  track(spec);
  stream("clip");
  source_of("clip")->end({error_kind::end_of_stream, "end of file"});
  CHECK(state_of("clip") == camera_state::stopped);
  advance(2min);
  CHECK(sessions_of("clip") == 1);
}

TEST_CASE_METHOD(monitor_fixture, "halting closes every camera, then reports and ends",
                 "[actors][monitor]") {
  track(camera_at("yard", "rtsp://10.0.0.1/"));
  track(camera_at("door", "rtsp://10.0.0.2/"));
  stream("yard");
  source_of("door")->end(refused);
  run();
  tell_anonymously(monitor, halt_atom_v);
  run();
  CHECK(source_of("yard")->stopped);
  CHECK(halted == 1);
  advance(2min);
  CHECK(sessions_of("door") == 1);
}

TEST_CASE_METHOD(monitor_fixture, "halting does not wait for ever for a source that never ends",
                 "[actors][monitor]") {
  track(camera_at("yard", "rtsp://10.0.0.1/"));
  source_of("yard")->ends_when_stopped = false;
  tell_anonymously(monitor, halt_atom_v);
  run();
  CHECK(halted == 0);
  advance(3s);
  CHECK(halted == 1);
  CHECK(log_text.str().find("left_behind") != std::string::npos);
  advance(5s);
}
