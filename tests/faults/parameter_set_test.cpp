#include "tests/faults/fault_run.hpp"
#include "tests/support/catch.hpp"

#include <cstdint>
#include <string>

using namespace camherd::testing;

namespace {

// Several times what a camera shows of one kind before it goes over to the other.
constexpr std::uint64_t through_some_changes = 80;

/// The camera goes from one kind of pictures to the other in one session, and misses none.
void check_change(const std::string& name) {
  fault_run run{{fault_named(name)}};
  run.begin();
  run.check_symptoms();
  CHECK(run.watch(name).shows(through_some_changes));
  run.end();
  const auto report = run.finish();
  CHECK(sum_of(report.at(name).restarts) == 0);
  CHECK(report.at(name).dropped.at("corrupt") == 0);
}

}  // namespace

TEST_CASE("resolution-changes-in-stream", "[faults]") {
  check_change("resolution-changes-in-stream");
}

TEST_CASE("resolution-changes-at-every-keyframe", "[faults]") {
  check_change("resolution-changes-at-every-keyframe");
}

TEST_CASE("h265-resolution-changes-in-stream", "[faults]") {
  check_fault("h265-resolution-changes-in-stream");
}

TEST_CASE("profile-changes-in-stream", "[faults]") {
  check_change("profile-changes-in-stream");
}

TEST_CASE("bit-depth-changes-in-stream", "[faults]") {
  check_change("bit-depth-changes-in-stream");
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
