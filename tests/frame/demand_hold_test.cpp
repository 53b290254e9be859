#include "core/frame/demand_hold.hpp"

#include "tests/support/catch.hpp"

using namespace camherd;
using namespace std::chrono_literals;

namespace {

constexpr mono_time start{1h};

camera_demand asking(decode_level level, double max_fps = 0, std::size_t held_frames = 0) {
  return {.pictures = {.level = level, .max_fps = max_fps}, .held_frames = held_frames};
}

const auto nothing = asking(decode_level::nothing);
const auto everything = asking(decode_level::everything);

struct hold_fixture {
  demand_hold hold{5s};

  camera_demand at(mono_time::duration after) {
    hold.advance(start + after);
    return hold.in_effect();
  }
  void ask(const camera_demand& asked, mono_time::duration after) {
    hold.ask(asked, start + after);
  }
};

}  // namespace

TEST_CASE("a demand rises at once and falls after the hold", "[frame][hold]") {
  hold_fixture f;
  f.ask(everything, 0s);
  CHECK(f.hold.in_effect() == everything);
  CHECK_FALSE(f.hold.next_change());
  f.ask(nothing, 10s);
  CHECK(f.hold.next_change() == start + 15s);
  CHECK(f.at(14999ms) == everything);
  CHECK(f.at(15s) == nothing);
  CHECK_FALSE(f.hold.next_change());
}

TEST_CASE("a consumer that comes within the hold finds nothing changed", "[frame][hold]") {
  hold_fixture f;
  f.ask(everything, 0s);
  f.ask(nothing, 10s);
  f.ask(everything, 14s);
  CHECK_FALSE(f.hold.next_change());
  CHECK(f.at(1min) == everything);
}

TEST_CASE("every demand is held for as long after it was asked last", "[frame][hold]") {
  hold_fixture f;
  const auto slow = asking(decode_level::everything, 5);
  f.ask(everything, 0s);
  f.ask(slow, 10s);
  f.ask(nothing, 13s);
  CHECK(f.at(14s) == everything);
  CHECK(f.hold.next_change() == start + 15s);
  CHECK(f.at(15s) == slow);
  CHECK(f.hold.next_change() == start + 18s);
  CHECK(f.at(18s) == nothing);
}

TEST_CASE("a rise that does not reach what is held leaves its end alone", "[frame][hold]") {
  hold_fixture f;
  const auto slow = asking(decode_level::everything, 5);
  f.ask(everything, 0s);
  f.ask(nothing, 10s);
  f.ask(slow, 12s);
  CHECK(f.at(14s) == everything);
  CHECK(f.at(15s) == slow);
  CHECK(f.at(1h) == slow);
}

TEST_CASE("held frames shrink after the hold too", "[frame][hold]") {
  hold_fixture f;
  const auto four = asking(decode_level::everything, 0, 4);
  const auto one = asking(decode_level::everything, 0, 1);
  f.ask(four, 0s);
  f.ask(one, 1s);
  CHECK(f.at(5s) == four);
  CHECK(f.at(6s) == one);
}

TEST_CASE("without a hold a demand falls at once", "[frame][hold]") {
  demand_hold hold{0ms};
  hold.ask(everything, start);
  hold.ask(nothing, start);
  CHECK(hold.in_effect() == nothing);
  CHECK_FALSE(hold.next_change());
}

TEST_CASE("however often consumers change their mind nothing is let go of too early",
          "[frame][hold]") {
  hold_fixture f;
  for (int i = 0; i < 1000; ++i) {
    // Falling steadily, so that no step covers another.
    f.ask(asking(decode_level::everything, 1000.0 - i, static_cast<std::size_t>(i % 2)),
          i * 1ms);
  }
  CHECK(f.at(4999ms).pictures.max_fps == 1000);
  f.ask(nothing, 4999ms);
  CHECK(f.at(9998ms).pictures.max_fps == 1);
  CHECK(f.at(9999ms) == nothing);
}
