#include "tests/faults/fault_run.hpp"
#include "tests/support/catch.hpp"

using namespace camherd::testing;

TEST_CASE("every-10th-byte-flipped", "[faults]") {
  check_fault("every-10th-byte-flipped");
}

TEST_CASE("every-100th-byte-flipped", "[faults]") {
  check_fault("every-100th-byte-flipped");
}

TEST_CASE("a-picture-in-ten-flipped", "[faults]") {
  check_fault("a-picture-in-ten-flipped");
}

TEST_CASE("slices-truncated", "[faults]") {
  check_fault("slices-truncated");
}

TEST_CASE("a-picture-in-ten-truncated", "[faults]") {
  check_fault("a-picture-in-ten-truncated");
}

TEST_CASE("a-picture-in-ten-without-its-end", "[faults]") {
  check_fault("a-picture-in-ten-without-its-end");
}

TEST_CASE("slices-of-noise", "[faults]") {
  check_fault("slices-of-noise");
}

TEST_CASE("a-picture-in-ten-missing", "[faults]") {
  check_fault("a-picture-in-ten-missing");
}

TEST_CASE("h265-a-picture-in-ten-missing", "[faults]") {
  check_fault("h265-a-picture-in-ten-missing");
}

TEST_CASE("h265-headers-flipped", "[faults]") {
  check_fault("h265-headers-flipped");
}
