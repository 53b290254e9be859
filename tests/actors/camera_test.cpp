#include "tests/actors/camera_fixture.hpp"
#include "tests/support/catch.hpp"

using namespace camherd;
using namespace std::chrono_literals;
using camherd::testing::camera_fixture;
using camherd::testing::fake_decoder;
using camherd::testing::picture;

TEST_CASE_METHOD(camera_fixture,
                 "a camera goes from connecting over its first keyframe to streaming",
                 "[actors][camera]") {
  spawn(camera_at("yard", "rtsp://10.0.0.1/"));
  CHECK(sessions_of("yard") == 0);
  open();
  source_of("yard")->open();
  run();
  CHECK(states == std::vector{camera_state::waiting_keyframe});
  send("yard", picture::reference);
  CHECK(states.size() == 1);
  send("yard", picture::key);
  CHECK(states.back() == camera_state::streaming);
  CHECK(flow().dropped(drop_reason::awaiting_keyframe) == 1);
  CHECK(frames().size() == 1);
  CHECK(counts().sessions == 1);
}

TEST_CASE_METHOD(camera_fixture,
                 "every unit has one fate and frames are numbered without a gap",
                 "[actors][camera]") {
  spawn_streaming();
  send("yard", picture::reference);
  send("yard", picture::reference, fake_decoder::second_field);
  send("yard", picture::key, fake_decoder::no_slot);
  send("yard", picture::reference);
  send("yard", picture::key);
  send("yard", picture::reference, fake_decoder::hold);
  CHECK(flow().received == 7);
  CHECK(flow().decoded == 4);
  CHECK(flow().dropped(drop_reason::no_free_slot) == 1);
  CHECK(flow().dropped(drop_reason::awaiting_keyframe) == 1);
  CHECK(flow().in_flight == 1);
  CHECK(flow().balanced());
  REQUIRE(frames().size() == 3);
  for (std::size_t i = 0; i < frames().size(); ++i) CHECK(frames()[i].sequence == i);
  CHECK(frames()[2].dropped_before == 2);
  CHECK(counts().receive_to_decoded.count() == 3);
}

TEST_CASE_METHOD(camera_fixture, "a picture that comes alone costs its camera one message",
                 "[actors][camera]") {
  spawn_streaming();
  source_of("yard")->send(testing::make_unit(picture::reference, next_unit++, now()));
  CHECK(scheduler().run() == 1);
  CHECK(frames().size() == 2);
}

TEST_CASE_METHOD(camera_fixture,
                 "under overload a camera lets the others have their turns before its keyframe",
                 "[actors][camera][overload]") {
  spawn_streaming();
  for (int i = 0; i < 3; ++i) {
    pressure->waited(1s, now());
    advance(2s);
  }
  pressure->waited(1s, now());
  REQUIRE(pressure->current(now()) == decode_pressure::level::lasting);
  source_of("yard")->send(testing::make_unit(picture::key, next_unit++, now()));
  CHECK(scheduler().run() == 3);
  CHECK(frames().size() == 2);
  source_of("yard")->send(testing::make_unit(picture::reference, next_unit++, now()));
  CHECK(scheduler().run() == 1);
  CHECK(frames().size() == 3);
}

TEST_CASE_METHOD(camera_fixture, "under overload nothing late is decoded, but it may be kept",
                 "[actors][camera][overload]") {
  spawn_streaming([](camera_config& spec) { spec.idle = idle_policy::off; });
  for (int i = 0; i < 3; ++i) {
    pressure->waited(1s, now());
    advance(2s);
  }
  pressure->waited(1s, now());
  const auto send_late = [&](picture kind) {
    source_of("yard")->send(testing::make_unit(kind, next_unit++, now() - 200ms));
    run();
  };
  send_late(picture::key);
  CHECK(flow().dropped(drop_reason::stale) == 0);
  CHECK(flow().in_flight == 1);
  ask({.level = decode_level::everything});
  CHECK(frames().size() == 1);
  send_late(picture::reference);
  CHECK(flow().dropped(drop_reason::stale) == 1);
  CHECK(frames().size() == 1);
}

TEST_CASE_METHOD(camera_fixture, "pictures that come together take a turn each",
                 "[actors][camera]") {
  spawn_streaming();
  for (int i = 0; i < 3; ++i)
    source_of("yard")->send(testing::make_unit(picture::reference, next_unit++, now()));
  CHECK(scheduler().run() == 3);
  CHECK(frames().size() == 4);
}

TEST_CASE_METHOD(camera_fixture, "a held picture comes out when the session ends",
                 "[actors][camera]") {
  spawn_streaming();
  send("yard", picture::reference, fake_decoder::hold);
  CHECK(flow().in_flight == 1);
  source_of("yard")->end({error_kind::retry, "connection reset"});
  run();
  CHECK(flow().in_flight == 0);
  CHECK(flow().decoded == 2);
  REQUIRE(overs.size() == 1);
  CHECK(overs[0].cause == restart_cause::connection);
  CHECK(overs[0].reason.message() == "connection reset");
}

TEST_CASE_METHOD(camera_fixture,
                 "units that arrived before the end of a session are still decoded",
                 "[actors][camera]") {
  spawn_streaming();
  auto* source = source_of("yard");
  for (std::uint64_t i = 0; i < 5; ++i) {
    source->send(testing::make_unit(picture::reference, 100 + i, now()));
  }
  source->end({error_kind::end_of_stream, "bye"});
  run();
  CHECK(flow().decoded == 6);
  REQUIRE(overs.size() == 1);
  CHECK(overs[0].cause == restart_cause::end_of_stream);
}

TEST_CASE_METHOD(camera_fixture, "a stream that falls silent is closed after the stall timeout",
                 "[actors][camera]") {
  spawn_streaming([](camera_config& spec) { spec.stall_timeout = 10s; });
  for (int i = 0; i < 20; ++i) {
    advance(1s);
    send("yard", picture::reference);
  }
  CHECK_FALSE(source_of("yard")->stopped);
  advance(9s);
  CHECK_FALSE(source_of("yard")->stopped);
  advance(3s);
  REQUIRE(overs.size() == 1);
  CHECK(overs[0].cause == restart_cause::stall);
  CHECK(overs[0].reason.message().starts_with("no picture for 1"));
}

TEST_CASE_METHOD(camera_fixture, "a camera that never speaks is given the first-frame timeout",
                 "[actors][camera]") {
  spawn(camera_at("yard", "rtsp://10.0.0.1/"));
  open();
  advance(29s);
  CHECK(overs.empty());
  advance(2s);
  REQUIRE(overs.size() == 1);
  CHECK(overs[0].cause == restart_cause::stall);
}

TEST_CASE_METHOD(camera_fixture, "pictures without any keyframe are told from silence",
                 "[actors][camera]") {
  spawn(camera_at("yard", "rtsp://10.0.0.1/"));
  open();
  source_of("yard")->open();
  for (int i = 0; i < 31; ++i) {
    advance(1s);
    send("yard", picture::reference);
  }
  REQUIRE(overs.size() == 1);
  CHECK(overs[0].reason.message().find("no keyframe") != std::string::npos);
}

TEST_CASE_METHOD(camera_fixture, "a loss with no keyframe after it restarts the session",
                 "[actors][camera]") {
  spawn_streaming();
  auto lossy = testing::make_unit(picture::reference, next_unit++, now());
  lossy.after_gap = true;
  source_of("yard")->send(std::move(lossy));
  for (int i = 0; i < 32; ++i) {
    advance(1s);
    send("yard", picture::reference);
  }
  REQUIRE(overs.size() == 1);
  CHECK(overs[0].cause == restart_cause::stall);
}

TEST_CASE_METHOD(camera_fixture,
                 "decode errors in a row beyond the threshold restart the session",
                 "[actors][camera]") {
  spawn_streaming([](camera_config& spec) { spec.error_threshold = 3; });
  send("yard", picture::key, fake_decoder::refuse);
  send("yard", picture::key, fake_decoder::refuse);
  send("yard", picture::key);
  send("yard", picture::key, fake_decoder::refuse);
  send("yard", picture::key, fake_decoder::refuse);
  CHECK(overs.empty());
  send("yard", picture::key, fake_decoder::refuse);
  REQUIRE(overs.size() == 1);
  CHECK(overs[0].cause == restart_cause::decoder);
  CHECK(counts().decode_errors == 5);
  CHECK(flow().dropped(drop_reason::corrupt) == 5);
}

TEST_CASE_METHOD(camera_fixture, "pictures the decoder cannot have restart the session at once",
                 "[actors][camera]") {
  spawn_streaming();
  send("yard", picture::key, fake_decoder::unsupported);
  REQUIRE(overs.size() == 1);
  CHECK(overs[0].cause == restart_cause::decoder);
}

TEST_CASE_METHOD(camera_fixture, "a camera whose first keyframe ends its session never streams",
                 "[actors][camera]") {
  spawn(camera_at("yard", "rtsp://10.0.0.1/"));
  open();
  source_of("yard")->open();
  run();
  send("yard", picture::key, fake_decoder::unsupported);
  REQUIRE(overs.size() == 1);
  CHECK(overs[0].cause == restart_cause::decoder);
  CHECK(states == std::vector{camera_state::waiting_keyframe});
  CHECK(log_text.str().find("event=streaming") == std::string::npos);
}

TEST_CASE_METHOD(camera_fixture, "a smeared picture is withheld with what depends on it",
                 "[actors][camera]") {
  spawn_streaming();
  send("yard", picture::reference, fake_decoder::smear);
  send("yard", picture::reference);
  CHECK(frames().size() == 1);
  CHECK(flow().dropped(drop_reason::corrupt) == 1);
  CHECK(flow().dropped(drop_reason::awaiting_keyframe) == 1);
  send("yard", picture::key);
  CHECK(frames().size() == 2);
  CHECK_FALSE(frames().back().corrupt);
}

TEST_CASE_METHOD(camera_fixture, "with corrupt: flag a smeared picture is published and marked",
                 "[actors][camera]") {
  spawn_streaming([](camera_config& spec) { spec.corrupt = corrupt_policy::flag; });
  send("yard", picture::reference, fake_decoder::smear);
  send("yard", picture::reference);
  send("yard", picture::key);
  REQUIRE(frames().size() == 4);
  CHECK(frames()[1].corrupt);
  CHECK(frames()[2].corrupt);
  CHECK_FALSE(frames()[3].corrupt);
  CHECK(flow().dropped() == 0);
}

TEST_CASE_METHOD(camera_fixture,
                 "a source that does not end is cut off and its late words are void",
                 "[actors][camera]") {
  spawn_streaming();
  auto* stuck = source_of("yard");
  stuck->ends_when_stopped = false;
  tell_anonymously(camera, restart_atom_v);
  advance(4s);
  CHECK(overs.empty());
  advance(2s);
  REQUIRE(overs.size() == 1);
  CHECK(overs[0].cause == restart_cause::requested);
  const auto received = flow().received;
  stuck->send(testing::make_unit(picture::key, 0, now()));
  stuck->end({error_kind::retry, "too late"});
  run();
  CHECK(flow().received == received);
  CHECK(overs.size() == 1);
}

TEST_CASE_METHOD(camera_fixture, "a camera says what pictures it shows, once for each kind",
                 "[actors][camera]") {
  spawn_streaming();
  send("yard", picture::reference);
  const auto words = log_text.str();
  const auto first = words.find("event=pictures cause=\"0x0 yuv420p\"");
  REQUIRE(first != std::string::npos);
  CHECK(words.find("event=pictures", first + 1) == std::string::npos);
}

TEST_CASE_METHOD(camera_fixture, "words of an earlier session are void", "[actors][camera]") {
  spawn_streaming();
  const auto first = sources["yard"][0];
  tell_anonymously(camera, restart_atom_v);
  run();
  open();
  REQUIRE(sessions_of("yard") == 2);
  tell_anonymously(camera, source_ended{1, {error_kind::retry, "old"}});
  run();
  CHECK(overs.size() == 1);
  stream("yard");
  CHECK(frames().size() == 2);
}

TEST_CASE_METHOD(camera_fixture, "transport counters survive the session", "[actors][camera]") {
  spawn_streaming();
  source_of("yard")->counted = {.bytes = 1000, .packets = 10, .packets_lost = 3};
  advance(1s);
  CHECK(counts().transport.packets_lost == 3);
  source_of("yard")->end({error_kind::retry, "reset"});
  run();
  open();
  source_of("yard")->counted = {.bytes = 500, .packets = 5, .packets_lost = 1};
  advance(1s);
  CHECK(counts().transport.bytes == 1500);
  CHECK(counts().transport.packets_lost == 4);
}

TEST_CASE_METHOD(camera_fixture, "a camera says once a second that it lives",
                 "[actors][camera]") {
  spawn(camera_at("yard", "rtsp://10.0.0.1/"));
  advance(10s);
  CHECK(beats == 10);
}

TEST_CASE_METHOD(camera_fixture, "what a camera has in hand is looked at once a second",
                 "[actors][camera]") {
  spawn_streaming();
  decoder->usage = {.total = 9, .in_use = 7};
  advance(1s);
  CHECK(counts().load == camera_load{.queued_units = 0, .slots = 9, .slots_in_use = 7});
  source_of("yard")->end({error_kind::retry, "reset"});
  advance(1s);
  CHECK(counts().load == camera_load{});
}

TEST_CASE_METHOD(camera_fixture,
                 "keyframes and pictures are as old as their last packet, and decoding costs",
                 "[actors][camera]") {
  spawn_streaming();
  const auto keyframe_at = now();
  CHECK(counts().last_keyframe == keyframe_at);
  advance(2s);
  send("yard", picture::reference);
  CHECK(counts().last_keyframe == keyframe_at);
  CHECK(counts().last_picture == now());
  CHECK(counts().receive_to_published.count() == 2);
  const auto cpu = counts().decode_cpu;
  CHECK(cpu > 0ns);
  send("yard", picture::reference, fake_decoder::refuse);
  CHECK(counts().decode_cpu > cpu);
}

TEST_CASE_METHOD(camera_fixture, "what nobody wants decoded is a keyframe all the same",
                 "[actors][camera]") {
  spawn(camera_at("yard", "rtsp://10.0.0.1/"));
  ask({.level = decode_level::nothing});
  open();
  stream("yard");
  CHECK(counts().last_keyframe == now());
}
