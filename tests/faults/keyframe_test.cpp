#include "tests/faults/fault_run.hpp"
#include "tests/support/catch.hpp"

using namespace camherd::testing;

TEST_CASE("keyframe-missing", "[faults]") {
  check_fault("keyframe-missing");
}

TEST_CASE("keyframe-interval-of-one-hour", "[faults]") {
  check_fault("keyframe-interval-of-one-hour");
}

TEST_CASE("keyframe-never-after-loss", "[faults]") {
  check_fault("keyframe-never-after-loss");
}

TEST_CASE("intra-refresh", "[faults]") {
  check_fault("intra-refresh");
}

TEST_CASE("intra-refresh-without-idr", "[faults]") {
  check_fault("intra-refresh-without-idr");
}

TEST_CASE("keyframes-without-idr", "[faults]") {
  check_fault("keyframes-without-idr");
}
