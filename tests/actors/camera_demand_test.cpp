#include "tests/actors/camera_fixture.hpp"
#include "tests/support/catch.hpp"

using namespace camherd;
using namespace std::chrono_literals;
using camherd::testing::camera_fixture;
using camherd::testing::fake_decoder;
using camherd::testing::picture;

TEST_CASE_METHOD(camera_fixture,
                 "nothing is decoded while nobody asks, and the kept pictures are when "
                 "somebody does",
                 "[actors][camera]") {
  spawn_streaming([](camera_config& spec) { spec.idle = idle_policy::off; });
  for (int i = 0; i < 3; ++i) send("yard", picture::reference);
  CHECK(states.back() == camera_state::streaming);
  CHECK(flow().decoded == 0);
  CHECK(flow().in_flight == 4);

  ask({.level = decode_level::everything});
  CHECK(flow().decoded == 4);
  CHECK(flow().in_flight == 0);
  REQUIRE(frames().size() == 1);
  CHECK(frames()[0].unit_sequence == 3);
  send("yard", picture::reference);
  CHECK(frames().size() == 2);
}

TEST_CASE_METHOD(camera_fixture, "the decoder of a camera that nobody asks rests",
                 "[actors][camera]") {
  spawn_streaming([](camera_config& spec) {
    spec.idle = idle_policy::off;
    spec.demand_hold = 0ms;
  });
  ask({.level = decode_level::everything});
  const auto rests = decoder->rests;
  decoder->usage = {.total = 4, .in_use = 1};

  // What was before is needed for what is kept.
  ask({});
  send("yard", picture::reference);
  CHECK(decoder->rests == rests);
  ask({.level = decode_level::everything});
  CHECK(frames().size() == 2);

  send("yard", picture::reference, fake_decoder::hold);
  ask({});
  send("yard", picture::key);
  CHECK(frames().size() == 3);  // that was in the decoder
  CHECK(decoder->rests == rests + 1);
  CHECK(sink->forgotten["yard"] == rests + 1);
  advance(1s);
  CHECK(counts().load.slots == 0);
  send("yard", picture::reference);
  ask({.level = decode_level::everything});
  CHECK(frames().size() == 4);
  CHECK(decoder->rests == rests + 1);
  CHECK(flow().balanced());
}

TEST_CASE_METHOD(camera_fixture, "kept pictures past their bound are given up and said so",
                 "[actors][camera]") {
  spawn_streaming([](camera_config& spec) {
    spec.idle = idle_policy::off;
    spec.idle_buffer_bytes = 250;
  });
  send("yard", picture::reference);
  send("yard", picture::reference);
  CHECK(flow().dropped(drop_reason::queue_overflow) == 3);
  CHECK(log_text.str().find("idle_buffer_full") != std::string::npos);
  ask({.level = decode_level::everything});
  send("yard", picture::reference);
  CHECK(frames().empty());
  send("yard", picture::key);
  CHECK(frames().size() == 1);
}

TEST_CASE_METHOD(camera_fixture, "the configured limit bounds what consumers ask for",
                 "[actors][camera]") {
  spawn_streaming([](camera_config& spec) { spec.frames_per_second_limit = 1; });
  ask({.level = decode_level::everything, .max_fps = 5});
  for (int i = 0; i < 40; ++i) {
    advance(100ms);
    send("yard", picture::disposable);
  }
  CHECK(frames().size() >= 4);
  CHECK(frames().size() <= 6);
  CHECK(flow().dropped(drop_reason::rate_limit) >= 34);
}

TEST_CASE_METHOD(camera_fixture,
                 "slots for the frames consumers hold are made at once and for every decoder",
                 "[actors][camera]") {
  spawn_streaming([](camera_config& spec) { spec.max_leases = 5; });
  CHECK(decoder->reserved == 0);
  ask({.level = decode_level::everything}, 5);
  CHECK(decoder->reserved == 5);
  ask({.level = decode_level::everything}, 6);
  CHECK(decoder->reserved == 5);
  tell_anonymously(camera, restart_atom_v);
  run();
  open();
  stream("yard");
  CHECK(decoder->reserved == 5);
}

TEST_CASE_METHOD(camera_fixture, "a demand that comes again within the hold changes nothing",
                 "[actors][camera][hold]") {
  spawn_streaming([](camera_config& spec) { spec.idle = idle_policy::off; });
  ask({.level = decode_level::everything}, 2);
  ask({});
  advance(4s);
  send("yard", picture::reference);
  CHECK(frames().size() == 2);
  CHECK(decoder->reserved == 2);
  ask({.level = decode_level::everything}, 2);
  advance(8s);
  send("yard", picture::reference);
  CHECK(frames().size() == 3);
}

TEST_CASE_METHOD(camera_fixture, "after the hold the demand falls, and slots are given back",
                 "[actors][camera][hold]") {
  spawn_streaming([](camera_config& spec) {
    spec.idle = idle_policy::off;
    spec.demand_hold = 2s;
  });
  ask({.level = decode_level::everything}, 2);
  ask({});
  advance(1900ms);
  send("yard", picture::reference);
  CHECK(frames().size() == 2);
  advance(200ms);
  CHECK(decoder->reserved == 0);
  send("yard", picture::reference);
  CHECK(frames().size() == 2);
  CHECK(flow().in_flight == 1);
}

TEST_CASE_METHOD(camera_fixture, "of several falls each lasts as long as it was asked",
                 "[actors][camera][hold]") {
  spawn_streaming([](camera_config& spec) { spec.idle = idle_policy::off; });
  ask({.level = decode_level::everything}, 4);
  ask({.level = decode_level::everything, .max_fps = 1}, 1);
  advance(3s);
  ask({});
  advance(1900ms);
  CHECK(decoder->reserved == 4);
  advance(200ms);
  CHECK(decoder->reserved == 1);
  const auto before = frames().size();
  for (int i = 0; i < 20; ++i) {
    advance(100ms);
    send("yard", picture::disposable);
  }
  CHECK(frames().size() - before >= 2);
  CHECK(frames().size() - before <= 3);
  advance(1s);
  CHECK(decoder->reserved == 0);
  const auto still = frames().size();
  send("yard", picture::key);
  CHECK(frames().size() == still);
}

TEST_CASE_METHOD(camera_fixture,
                 "a consumer of everything beside one of keyframes has the newest picture at "
                 "once",
                 "[actors][camera]") {
  spawn_streaming([](camera_config& spec) { spec.idle = idle_policy::off; });
  ask({.level = decode_level::keyframes});
  for (int i = 0; i < 3; ++i) send("yard", picture::reference);
  CHECK(frames().size() == 1);
  CHECK(flow().in_flight == 3);
  ask({.level = decode_level::everything});
  REQUIRE(frames().size() == 2);
  CHECK(frames()[1].unit_sequence == 3);
  send("yard", picture::reference);
  CHECK(frames().size() == 3);
  CHECK(flow().decoded == 5);
  CHECK(flow().balanced());
}

TEST_CASE_METHOD(camera_fixture,
                 "pictures that come during a long catching up are not lost to a small queue",
                 "[actors][camera]") {
  spawn_streaming([](camera_config& spec) {
    spec.idle = idle_policy::off;
    spec.frame_queue_size = 2;
  });
  for (int i = 0; i < 9; ++i) send("yard", picture::reference);
  tell_anonymously(camera, camera_demand{.pictures = {.level = decode_level::everything}});
  for (int turn = 0; turn < 6; ++turn) {
    scheduler().run_once();
    CHECK(frames().empty());
    source_of("yard")->send(testing::make_unit(picture::reference, next_unit++, now()));
  }
  run();
  CHECK(flow().dropped() == 0);
  CHECK(frames().back().unit_sequence == 15);
  CHECK(flow().decoded == 16);
}
