#include "core/frame/rate_schedule.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>
#include <string>

using namespace camherd;
using namespace std::chrono_literals;

namespace {

constexpr mono_time start{1h};

// One letter a frame: T taken, - left out.
std::string pass(rate_schedule& schedule, mono_time from, mono_time::duration interval,
                 int frames) {
  std::string letters;
  for (int i = 0; i < frames; ++i) {
    const auto at = from + i * interval;
    schedule.note(at);
    letters += schedule.due(at) ? 'T' : '-';
    if (letters.back() == 'T') schedule.taken(at);
  }
  return letters;
}

}  // namespace

TEST_CASE("a schedule without a rate takes every frame", "[frame][schedule]") {
  rate_schedule all{0};
  CHECK(pass(all, start, 40ms, 5) == "TTTTT");
  CHECK_FALSE(all.next_turn());
}

TEST_CASE("a schedule takes the frames whose turn has come", "[frame][schedule]") {
  rate_schedule two{2};
  CHECK(pass(two, start, 100ms, 12) == "T----T----T-");
}

TEST_CASE("five of six frames a second are taken, not three", "[frame][schedule]") {
  rate_schedule five{5};
  const auto letters = pass(five, start, 166'667us, 60);
  CHECK(std::count(letters.begin(), letters.end(), 'T') == Approx(50).margin(1));
}

TEST_CASE("after a pause of the stream the missed turns are not made up for",
          "[frame][schedule]") {
  rate_schedule two{2};
  pass(two, start, 100ms, 6);
  const auto letters = pass(two, start + 1min, 100ms, 7);
  CHECK(std::count(letters.begin(), letters.end(), 'T') == 2);
}

TEST_CASE("a new rate begins with the next frame", "[frame][schedule]") {
  rate_schedule schedule{1};
  CHECK(pass(schedule, start, 100ms, 3) == "T--");
  schedule.set_rate(5);
  CHECK(pass(schedule, start + 300ms, 100ms, 4) == "T-T-");
}
