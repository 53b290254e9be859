#include "core/base/backoff.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/manual_clock.hpp"

using namespace camherd;
using namespace std::chrono_literals;

namespace {

struct planner_fixture {
  explicit planner_fixture(restart_policy policy = {})
      : planner{policy, [this] { return random; }} {}

  restart_decision fail(failure_severity severity = failure_severity::passing) {
    return planner.failed(time.now(), severity);
  }

  double random = 0.5;  // no jitter
  testing::manual_clock time;
  restart_planner planner;
};

}  // namespace

TEST_CASE("delays double up to the longest", "[base][backoff]") {
  planner_fixture f{{.budget = 100}};
  for (const auto expected : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s}) {
    const auto decision = f.fail();
    CHECK(decision.delay == expected);
    CHECK_FALSE(decision.quarantined);
    f.time.advance(decision.delay);
  }
}

TEST_CASE("jitter spreads a delay by a fifth to both sides", "[base][backoff]") {
  planner_fixture f;
  f.random = 0.0;
  CHECK(f.fail().delay == 800ms);
  f.random = 1.0;
  CHECK(f.fail().delay == 2400ms);
}

TEST_CASE("only a minute without failure starts the delays over", "[base][backoff]") {
  planner_fixture f;
  (void)f.fail();
  (void)f.fail();
  f.planner.streaming(f.time.now());
  f.time.advance(59s);
  f.planner.streaming(f.time.now());
  CHECK(f.fail().delay == 4s);
  f.planner.streaming(f.time.now());
  f.time.advance(60s);
  CHECK(f.fail().delay == 1s);
}

TEST_CASE("the budget counts failures within its window", "[base][backoff]") {
  planner_fixture f{{.budget = 3, .budget_window = 10min}};
  CHECK_FALSE(f.fail().quarantined);
  f.time.advance(5min);
  CHECK_FALSE(f.fail().quarantined);
  f.time.advance(6min);
  // The first failure is out of the window.
  CHECK_FALSE(f.fail().quarantined);
  const auto decision = f.fail();
  CHECK(decision.quarantined);
  CHECK(decision.delay == 60s);
  f.time.advance(60s);
  CHECK(f.fail().quarantined);
}

TEST_CASE("quarantine ends after the stream was good for a minute, or on request",
          "[base][backoff]") {
  planner_fixture f{{.budget = 2}};
  (void)f.fail();
  CHECK(f.fail().quarantined);
  f.planner.streaming(f.time.now());
  f.time.advance(61s);
  CHECK_FALSE(f.fail().quarantined);
  CHECK(f.fail().quarantined);
  f.planner.reset();
  CHECK(f.fail().delay == 1s);
}

TEST_CASE("refused credentials are slow at once and use no budget", "[base][backoff]") {
  planner_fixture f{{.budget = 2}};
  for (int i = 0; i < 5; ++i) {
    const auto decision = f.fail(failure_severity::refused);
    CHECK(decision.quarantined);
    CHECK(decision.delay == 60s);
  }
  CHECK(f.fail().delay == 1s);
}

TEST_CASE("a token bucket grants its burst at once and its rate after that",
          "[base][backoff]") {
  testing::manual_clock time;
  token_bucket bucket{2.0, 3.0, time.now()};
  for (int i = 0; i < 3; ++i) CHECK(bucket.take(time.now()) == 0ns);
  const auto wait = bucket.take(time.now());
  CHECK(wait > 499ms);
  CHECK(wait < 501ms);
  time.advance(wait);
  CHECK(bucket.take(time.now()) == 0ns);
  CHECK(bucket.take(time.now()) > 0ns);
  time.advance(1h);
  for (int i = 0; i < 3; ++i) CHECK(bucket.take(time.now()) == 0ns);
  CHECK(bucket.take(time.now()) > 0ns);
}

TEST_CASE("a token given back can be taken again, beyond the burst it cannot",
          "[base][backoff]") {
  testing::manual_clock time;
  token_bucket bucket{1.0, 1.0, time.now()};
  CHECK(bucket.take(time.now()) == 0ns);
  bucket.give_back();
  bucket.give_back();
  CHECK(bucket.take(time.now()) == 0ns);
  CHECK(bucket.take(time.now()) > 0ns);
}
