#include "tests/faults/fault_run.hpp"
#include "tests/support/catch.hpp"

using namespace camherd::testing;

TEST_CASE("silent-after-play", "[faults]") {
  check_fault("silent-after-play");
}

TEST_CASE("stops-in-mid-packet", "[faults]") {
  check_fault("stops-in-mid-packet");
}

TEST_CASE("closes-in-mid-packet", "[faults]") {
  check_fault("closes-in-mid-packet");
}

TEST_CASE("silent-at-accept", "[faults]") {
  check_fault("silent-at-accept");
}

TEST_CASE("silent-at-describe", "[faults]") {
  check_fault("silent-at-describe");
}

TEST_CASE("silent-at-setup", "[faults]") {
  check_fault("silent-at-setup");
}

TEST_CASE("silent-at-play", "[faults]") {
  check_fault("silent-at-play");
}

TEST_CASE("closes-after-play", "[faults]") {
  check_fault("closes-after-play");
}

TEST_CASE("closes-on-accept", "[faults]") {
  check_fault("closes-on-accept");
}

TEST_CASE("closes-at-options", "[faults]") {
  check_fault("closes-at-options");
}

TEST_CASE("closes-at-describe", "[faults]") {
  check_fault("closes-at-describe");
}

TEST_CASE("closes-at-setup", "[faults]") {
  check_fault("closes-at-setup");
}

TEST_CASE("closes-at-play", "[faults]") {
  check_fault("closes-at-play");
}
