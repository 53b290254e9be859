#include "tests/faults/fault_run.hpp"
#include "tests/support/catch.hpp"

using namespace camherd::testing;

TEST_CASE("resolution-changes-in-stream", "[faults]") {
  check_fault("resolution-changes-in-stream");
}

TEST_CASE("resolution-changes-at-every-keyframe", "[faults]") {
  check_fault("resolution-changes-at-every-keyframe");
}

TEST_CASE("h265-resolution-changes-in-stream", "[faults]") {
  check_fault("h265-resolution-changes-in-stream");
}

TEST_CASE("profile-changes-in-stream", "[faults]") {
  check_fault("profile-changes-in-stream");
}

TEST_CASE("bit-depth-changes-in-stream", "[faults]") {
  check_fault("bit-depth-changes-in-stream");
}

TEST_CASE("codec-changes", "[faults]") {
  check_fault("codec-changes");
}

TEST_CASE("parameter-sets-in-sdp-only", "[faults]") {
  check_fault("parameter-sets-in-sdp-only");
}

TEST_CASE("h265-parameter-sets-in-sdp-only", "[faults]") {
  check_fault("h265-parameter-sets-in-sdp-only");
}

TEST_CASE("parameter-sets-in-band-only", "[faults]") {
  check_fault("parameter-sets-in-band-only");
}

TEST_CASE("parameter-sets-missing", "[faults]") {
  check_fault("parameter-sets-missing");
}

TEST_CASE("pps-missing", "[faults]") {
  check_fault("pps-missing");
}

TEST_CASE("parameter-sets-contradict-sdp", "[faults]") {
  check_fault("parameter-sets-contradict-sdp");
}

TEST_CASE("parameter-sets-of-other-pictures", "[faults]") {
  check_fault("parameter-sets-of-other-pictures");
}

TEST_CASE("parameter-sets-cut-short", "[faults]") {
  check_fault("parameter-sets-cut-short");
}
