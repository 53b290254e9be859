#include "tests/faults/fault_run.hpp"
#include "tests/support/catch.hpp"

using namespace camherd::testing;

TEST_CASE("bit-rate-spike-of-50", "[faults]") {
  check_fault("bit-rate-spike-of-50");
}

TEST_CASE("access-unit-of-20-mb", "[faults]") {
  check_fault("access-unit-of-20-mb");
}

TEST_CASE("keyframe-of-20-mb", "[faults]") {
  check_fault("keyframe-of-20-mb");
}

TEST_CASE("access-unit-of-20-mb-allowed", "[faults]") {
  check_fault("access-unit-of-20-mb-allowed");
}
