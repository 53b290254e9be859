#include "tests/actors/herd_fixture.hpp"
#include "tests/support/catch.hpp"

using namespace camherd;
using namespace std::chrono_literals;
using camherd::testing::everything;
using camherd::testing::herd_fixture;
using camherd::testing::picture;

TEST_CASE_METHOD(herd_fixture,
                 "the herd reports state, counts and rates of each camera in the order "
                 "of the configuration",
                 "[actors][herd]") {
  apply({camera_at("yard", "rtsp://10.0.0.1/"), camera_at("attic", "rtsp://10.0.0.2/")});
  stream("yard");
  for (int i = 0; i < 60; ++i) {
    advance(200ms);
    send("yard", picture::reference);
  }
  advance(1s);
  REQUIRE(observer->last);
  REQUIRE(observer->last->cameras.size() == 2);
  CHECK(observer->last->cameras[0].health.name == "yard");
  CHECK(observer->of("yard").health.state == camera_state::streaming);
  CHECK(observer->of("yard").counters.flow.decoded == 61);
  CHECK(observer->of("yard").counters.rates.decoded == Approx(4.6).margin(0.5));
  CHECK(observer->of("attic").health.state == camera_state::connecting);
}

TEST_CASE_METHOD(herd_fixture, "applying a configuration touches only what differs",
                 "[actors][herd]") {
  auto yard = camera_at("yard", "rtsp://10.0.0.1/");
  const auto attic = camera_at("attic", "rtsp://10.0.0.2/");
  const auto door = camera_at("door", "rtsp://10.0.0.3/");
  apply({yard, attic});
  stream("yard");
  stream("attic");
  yard.frames_per_second_limit = 2;
  apply({yard, door});
  advance(2s);
  CHECK(sessions_of("yard") == 2);
  CHECK(sources["yard"][0]->stopped);
  CHECK(source_of("attic")->stopped);
  CHECK(sessions_of("door") == 1);
  CHECK(observer->last->cameras.size() == 2);

  apply({yard, door});
  advance(2s);
  CHECK(sessions_of("yard") == 2);
  CHECK(sessions_of("door") == 1);
}

TEST_CASE_METHOD(herd_fixture,
                 "a demand reaches cameras that are there and those that come later",
                 "[actors][herd]") {
  auto yard = camera_at("yard", "rtsp://10.0.0.1/");
  yard.idle = idle_policy::off;
  apply({yard});
  stream("yard");
  CHECK(sink->frames["yard"].empty());
  tell_anonymously(herd, demand{.level = decode_level::everything});
  run();
  CHECK(sink->frames["yard"].size() == 1);

  auto door = camera_at("door", "rtsp://10.0.0.3/");
  door.idle = idle_policy::off;
  apply({yard, door});
  stream("door");
  CHECK(sink->frames["door"].size() == 1);
}

TEST_CASE_METHOD(herd_fixture,
                 "halting stops everything in order and reports final counts once",
                 "[actors][herd]") {
  apply({camera_at("yard", "rtsp://10.0.0.1/")});
  stream("yard", 3);
  tell_anonymously(herd, halt_atom_v);
  tell_anonymously(herd, halt_atom_v);
  run();
  CHECK(observer->stopped == 1);
  CHECK(source_of("yard")->stopped);
  const auto& flow = observer->of("yard").counters.flow;
  CHECK(flow.received == 4);
  CHECK(flow.decoded == 4);
  CHECK(flow.in_flight == 0);
}

TEST_CASE_METHOD(herd_fixture, "the herd says when an overload begins and ends",
                 "[actors][herd][overload]") {
  apply({camera_at("yard", "rtsp://10.0.0.1/")});
  pressure->made_stale(now());
  advance(3s);
  const auto said = [&](const char* words) {
    return log_text.str().find(words) != std::string::npos;
  };
  CHECK(said("event=overload cause=\"pictures that came at once"));
  CHECK_FALSE(said("event=overload_over"));
  advance(10s);
  CHECK(said("event=overload_over"));
  pressure->waited(1s, now());
  pressure->waited(1s, now());
  advance(3s);
  CHECK_FALSE(said("event=overload cause=\"there is more to decode"));
  pressure->waited(1s, now());
  advance(1s);
  CHECK(said("event=overload cause=\"there is more to decode"));
}

TEST_CASE_METHOD(herd_fixture, "a restart asked of the herd reaches the camera",
                 "[actors][herd]") {
  apply({camera_at("yard", "rtsp://10.0.0.1/")});
  stream("yard");
  tell_anonymously(herd, restart_atom_v, "yard");
  advance(1s);
  CHECK(sessions_of("yard") == 2);
}

TEST_CASE_METHOD(herd_fixture, "what consumers ask for reaches their camera alone",
                 "[actors][herd]") {
  auto yard = camera_at("yard", "rtsp://10.0.0.1/");
  auto door = camera_at("door", "rtsp://10.0.0.2/");
  yard.idle = door.idle = idle_policy::off;
  apply({yard, door});
  stream("yard");
  stream("door");
  sink->ask("yard", everything);
  run();
  CHECK(sink->frames["yard"].size() == 1);
  CHECK(sink->frames["door"].empty());
}

TEST_CASE_METHOD(herd_fixture,
                 "a camera serves the greater of the herd's demand and its consumers'",
                 "[actors][herd]") {
  auto yard = camera_at("yard", "rtsp://10.0.0.1/");
  yard.idle = idle_policy::off;
  apply({yard});
  sink->ask("yard", everything);
  tell_anonymously(herd, demand{.level = decode_level::keyframes});
  run();
  stream("yard", 3);
  CHECK(sink->frames["yard"].size() == 4);
}

TEST_CASE_METHOD(herd_fixture, "a camera that crashed serves its consumers again",
                 "[actors][herd]") {
  auto yard = camera_at("yard", "rtsp://10.0.0.1/");
  yard.idle = idle_policy::off;
  apply({yard});
  sink->ask("yard", everything);
  run();
  stream("yard");
  send("yard", picture::reference, testing::fake_decoder::explode);
  advance(2s);
  REQUIRE(sessions_of("yard") == 2);
  stream("yard");
  CHECK(sink->frames["yard"].size() == 2);
  CHECK(decoder->reserved == everything.held_frames);
}

TEST_CASE_METHOD(herd_fixture, "words of a closed outlet are void", "[actors][herd]") {
  auto yard = camera_at("yard", "rtsp://10.0.0.1/");
  yard.idle = idle_policy::off;
  apply({yard});
  yard.frame_queue_size = 9;
  apply({yard});
  REQUIRE(sink->listeners["yard"].size() == 2);
  sink->listeners["yard"][0](everything);
  run();
  advance(1s);
  stream("yard");
  CHECK(sink->frames["yard"].empty());
}

TEST_CASE_METHOD(herd_fixture, "consumers may ask for something when the herd is long gone",
                 "[actors][herd]") {
  apply({camera_at("yard", "rtsp://10.0.0.1/")});
  const auto listener = sink->listeners["yard"][0];
  tell_anonymously(herd, halt_atom_v);
  run();
  herd = nullptr;
  advance(5s);
  listener(everything);
  run();
  CHECK(observer->stopped == 1);
}

TEST_CASE_METHOD(herd_fixture, "a new monitor serves the consumers that are there",
                 "[actors][herd]") {
  auto yard = camera_at("yard", "rtsp://10.0.0.1/");
  yard.idle = idle_policy::off;
  apply({yard});
  sink->ask("yard", everything);
  run();
  stream("yard");
  sink->states_that_throw = 1;
  source_of("yard")->end({error_kind::retry, "reset"});
  advance(1s);
  REQUIRE(log_text.str().find("monitor_restarted") != std::string::npos);
  REQUIRE(sessions_of("yard") == 2);
  stream("yard");
  CHECK(sink->frames["yard"].size() == 2);
  CHECK(decoder->reserved == everything.held_frames);
}

TEST_CASE_METHOD(herd_fixture, "consumers hear of every state of their camera and why",
                 "[actors][herd]") {
  auto door = camera_at("door", "rtsp://10.0.0.2/");
  door.enabled = false;
  apply({camera_at("yard", "rtsp://user:secret@10.0.0.1/"), door});
  stream("yard");
  source_of("yard")->end({error_kind::retry, "connection reset"});
  run();
  std::vector<camera_state> states;
  for (const auto& [state, reason] : sink->states["yard"]) {
    states.push_back(state);
    CHECK(reason.find("secret") == std::string::npos);
  }
  CHECK(states == std::vector{camera_state::connecting, camera_state::waiting_keyframe,
                              camera_state::streaming, camera_state::failed,
                              camera_state::backoff});
  CHECK(sink->states["yard"].back().reason == "connection reset; next try in 1.0 s");
  REQUIRE(sink->states["door"].size() == 1);
  CHECK(sink->states["door"][0].state == camera_state::stopped);
  CHECK(sink->states["door"][0].reason == "disabled in the configuration");
}

TEST_CASE_METHOD(herd_fixture,
                 "consumers are sent away with the reason, before they may return",
                 "[actors][herd]") {
  auto yard = camera_at("yard", "rtsp://10.0.0.1/");
  const auto door = camera_at("door", "rtsp://10.0.0.2/");
  const auto attic = camera_at("attic", "rtsp://10.0.0.3/");
  apply({yard, door, attic});
  yard.max_age = 1s;
  apply({yard, attic});
  using reasons = std::vector<std::string>;
  CHECK(sink->closings["yard"] == reasons{"its settings have changed"});
  CHECK(sink->closings["door"] == reasons{"the camera was removed from the configuration"});
  CHECK(sink->closings["attic"].empty());
  CHECK(sink->overlaps == 0);

  tell_anonymously(herd, halt_atom_v);
  run();
  CHECK(observer->stopped == 1);
  CHECK(sink->closings["yard"].back() == "camherd is shutting down");
  CHECK(sink->closings["attic"] == reasons{"camherd is shutting down"});
  CHECK(sink->closings["door"].size() == 1);
  CHECK(sink->states["attic"].back().state == camera_state::stopped);
}

TEST_CASE_METHOD(herd_fixture, "the herd reports what consumers took", "[actors][herd]") {
  apply({camera_at("yard", "rtsp://10.0.0.1/")});
  sink->counts.consumers = 3;
  sink->counts.delivered = 70;
  advance(2s);
  CHECK(observer->of("yard").counters.delivery.consumers == 3);
  CHECK(observer->of("yard").counters.delivery.delivered == 70);
}

TEST_CASE_METHOD(herd_fixture, "a status says when it was put together", "[actors][herd]") {
  apply({camera_at("yard", "rtsp://10.0.0.1/")});
  advance(2s);
  CHECK(observer->last->at > now() - 1s);
  CHECK(observer->last->at <= now());
}

TEST_CASE_METHOD(herd_fixture, "the log tells the last count of a burst while the herd lives",
                 "[actors][herd][log]") {
  for (int i = 0; i < 5; ++i) services->log->write(log_level::info, "yard", "notice", "x");
  log_time->advance(1s);
  advance(1s);
  CHECK(log_text.str().find("repeated=3") != std::string::npos);
}
