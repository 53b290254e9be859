#include "core/base/latency_histogram.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>

using camherd::latency_histogram;
using namespace std::chrono_literals;

TEST_CASE("an empty histogram has zero quantiles", "[metrics]") {
  const latency_histogram histogram;
  CHECK(histogram.count() == 0);
  CHECK(histogram.quantile(0.5) == 0ns);
  CHECK(histogram.max() == 0ns);
}

TEST_CASE("a quantile is at most one bucket above the true one, from microseconds to minutes",
          "[metrics]") {
  for (const std::chrono::nanoseconds unit : {1000ns, 37'000ns, 1'000'000ns, 90'000'000ns}) {
    latency_histogram histogram;
    for (int i = 1; i <= 1000; ++i) histogram.record(i * unit);
    for (const double q : {0.01, 0.5, 0.9, 0.99}) {
      const auto exact = std::chrono::duration<double>(q * 1000 * unit).count();
      const auto read = std::chrono::duration<double>(histogram.quantile(q)).count();
      CHECK(read >= exact * 0.999);
      CHECK(read <= exact * 1.04 + 2e-6);
    }
    CHECK(histogram.quantile(1.0) == histogram.max());
    CHECK(histogram.max() == 1000 * unit);
  }
}

TEST_CASE("durations out of range fall into the outer buckets and keep an exact maximum",
          "[metrics]") {
  latency_histogram histogram;
  histogram.record(-5ms);
  histogram.record(10h);
  CHECK(histogram.count() == 2);
  CHECK(histogram.quantile(0.5) <= 1us);
  CHECK(histogram.max() == 10h);
}

TEST_CASE("what did not exceed a round duration is counted exactly", "[metrics]") {
  latency_histogram histogram;
  histogram.record(1ms);
  histogram.record(1ms + 1ns);
  histogram.record(100ms);
  histogram.record(100ms + 1ns);
  histogram.record(11s);
  const auto counts = histogram.at_most();
  const auto at = [&](std::chrono::microseconds edge) {
    const auto found =
        std::find(latency_histogram::edges.begin(), latency_histogram::edges.end(), edge);
    REQUIRE(found != latency_histogram::edges.end());
    return counts.at(static_cast<std::size_t>(found - latency_histogram::edges.begin()));
  };
  CHECK(at(1ms) == 1);
  CHECK(at(2500us) == 2);
  CHECK(at(100ms) == 3);
  CHECK(at(150ms) == 4);
  CHECK(at(10s) == 4);
  CHECK(histogram.count() == 5);
}

TEST_CASE("merging histograms equals recording everything in one", "[metrics]") {
  latency_histogram one;
  latency_histogram other;
  latency_histogram all;
  for (int i = 0; i < 500; ++i) {
    const auto latency = std::chrono::microseconds{i * i};
    (i % 3 == 0 ? one : other).record(latency);
    all.record(latency);
  }
  one.merge(other);
  CHECK(one.count() == all.count());
  CHECK(one.sum() == all.sum());
  CHECK(one.max() == all.max());
  CHECK(one.at_most() == all.at_most());
  for (const double q : {0.1, 0.5, 0.99}) CHECK(one.quantile(q) == all.quantile(q));
}
