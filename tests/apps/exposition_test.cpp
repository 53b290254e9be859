#include "apps/camherd/exposition.hpp"

#include "tests/support/catch.hpp"

using namespace camherd;
using namespace std::chrono_literals;

TEST_CASE("a family has its help, its type and its samples", "[apps][metrics]") {
  exposition page{100};
  page.family("a_total", "counter", "What it counts.");
  page.sample("", 7U);
  page.sample("camera=\"yard\"", std::uint64_t{18'446'744'073'709'551'615U});
  page.family("b_seconds", "gauge", "How long.");
  page.sample("", 0.1);
  page.sample("", 1'700'000'000.25);
  page.sample("", 1e-9);
  page.sample("", 1e300);
  CHECK(page.take() ==
        "# HELP a_total What it counts.\n# TYPE a_total counter\n"
        "a_total 7\na_total{camera=\"yard\"} 18446744073709551615\n"
        "# HELP b_seconds How long.\n# TYPE b_seconds gauge\n"
        "b_seconds 0.1\nb_seconds 1700000000.25\nb_seconds 0.000000001\nb_seconds 1e+300\n");
}

TEST_CASE("a histogram has cumulative buckets, a sum and a count", "[apps][metrics]") {
  latency_histogram ages;
  ages.record(2ms);
  ages.record(100ms);
  ages.record(20s);
  exposition page{100};
  page.family("age_seconds", "histogram", "Age.");
  page.histogram("camera=\"yard\"", ages);
  const auto text = page.take();
  const auto says = [&](const std::string& line) {
    INFO(text);
    CHECK(text.find('\n' + line + '\n') != std::string::npos);
  };
  says(R"(age_seconds_bucket{camera="yard",le="0.001"} 0)");
  says(R"(age_seconds_bucket{camera="yard",le="0.0025"} 1)");
  says(R"(age_seconds_bucket{camera="yard",le="0.075"} 1)");
  says(R"(age_seconds_bucket{camera="yard",le="0.1"} 2)");
  says(R"(age_seconds_bucket{camera="yard",le="10"} 2)");
  says(R"(age_seconds_bucket{camera="yard",le="+Inf"} 3)");
  says(R"(age_seconds_sum{camera="yard"} 20.102)");
  says(R"(age_seconds_count{camera="yard"} 3)");
}
