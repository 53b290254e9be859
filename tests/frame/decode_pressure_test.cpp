#include "core/frame/decode_pressure.hpp"

#include "tests/support/catch.hpp"

#include <cmath>

using namespace camherd;
using namespace std::chrono_literals;

namespace {

using level = decode_pressure::level;

struct pressure_fixture {
  decode_pressure pressure{2};
  mono_time now{1h};

  // A picture every 500 ms, each of which waited that long, while each of two workers is busy
  // for this share of the time.
  void pictures(int count, mono_time::duration wait, double busy = 0.5) {
    for (; count > 0; --count) {
      now += 500ms;
      pressure.waited(wait, now);
      for (int worker = 0; worker < 2; ++worker) {
        pressure.worked(std::chrono::duration_cast<mono_time::duration>(500ms * busy), now);
      }
    }
  }

  level current() const { return pressure.current(now); }
};

}  // namespace

TEST_CASE("workers that are on time are under no pressure", "[frame][overload]") {
  pressure_fixture f;
  CHECK(f.current() == level::none);
  f.pictures(100, 40ms, 1.0);
  CHECK(f.current() == level::none);
}

TEST_CASE("when nothing is on time for three seconds, workers are overloaded",
          "[frame][overload]") {
  pressure_fixture f;
  f.pictures(6, 41ms);
  CHECK(f.current() == level::none);
  f.pictures(1, 41ms);
  CHECK(f.current() == level::lasting);
}

TEST_CASE("two late pictures are no overload, however far apart", "[frame][overload]") {
  decode_pressure pressure;
  mono_time now{1h};
  pressure.waited(1s, now);
  pressure.waited(1s, now += 1min);
  CHECK(pressure.current(now) == level::none);
  pressure.waited(1s, now += 1min);
  CHECK(pressure.current(now) == level::lasting);
}

TEST_CASE("pictures that come at once and wait are no overload if the next are on time",
          "[frame][overload]") {
  pressure_fixture f;
  for (int i = 0; i < 100; ++i) {
    f.pictures(6, 480ms, 0.95);
    f.pictures(1, 40ms, 0.95);
  }
  CHECK(f.current() == level::none);
}

TEST_CASE("an overload lasts while the workers are busy, though what is left is on time",
          "[frame][overload]") {
  pressure_fixture f;
  f.pictures(7, 100ms);
  f.pictures(100, 1ms, 0.95);
  CHECK(f.current() == level::lasting);
}

TEST_CASE("an overload is over ten seconds after it was seen last", "[frame][overload]") {
  pressure_fixture f;
  f.pictures(7, 100ms);
  f.pictures(19, 1ms);
  CHECK(f.current() == level::lasting);
  f.pictures(1, 1ms);
  CHECK(f.current() == level::none);
  f.pictures(100, 1ms, 1.0);
  CHECK(f.current() == level::none);
}

TEST_CASE("a picture that is dropped for its age shows for ten seconds", "[frame][overload]") {
  pressure_fixture f;
  f.pressure.made_stale(f.now);
  f.pictures(19, 1ms);
  CHECK(f.current() == level::bursts);
  f.pictures(1, 1ms);
  CHECK(f.current() == level::none);
}

TEST_CASE("the common share is that of the pictures that were used lately, of all members",
          "[frame][overload]") {
  decode_pressure pressure;
  for (int i = 0; i < 10; ++i) pressure.join();
  CHECK(pressure.share() == 1);
  for (int i = 0; i < 10 * 64; ++i) pressure.dropped();
  CHECK(pressure.share() == Approx(std::exp(-1)).epsilon(0.01));
  for (int i = 0; i < 10'000; ++i) {
    pressure.used();
    pressure.dropped();
  }
  CHECK(pressure.share() == Approx(0.5).epsilon(0.01));
}
