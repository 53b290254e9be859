#include "tests/faults/fault_run.hpp"
#include "tests/support/catch.hpp"

using namespace camherd::testing;

TEST_CASE("picture-of-8192x4320", "[faults]") {
  check_fault("picture-of-8192x4320");
}

TEST_CASE("picture-of-16x16", "[faults]") {
  check_fault("picture-of-16x16");
}

TEST_CASE("h265-picture-of-16x16", "[faults]") {
  check_fault("h265-picture-of-16x16");
}

TEST_CASE("picture-of-318x186", "[faults]") {
  check_fault("picture-of-318x186");
}

TEST_CASE("picture-of-odd-size", "[faults]") {
  check_fault("picture-of-odd-size");
}

TEST_CASE("picture-10-bit", "[faults]") {
  check_fault("picture-10-bit");
}

TEST_CASE("h265-picture-10-bit", "[faults]") {
  check_fault("h265-picture-10-bit");
}

TEST_CASE("h265-picture-12-bit", "[faults]") {
  check_fault("h265-picture-12-bit");
}

TEST_CASE("picture-4-2-2", "[faults]") {
  check_fault("picture-4-2-2");
}

TEST_CASE("picture-4-2-2-10-bit", "[faults]") {
  check_fault("picture-4-2-2-10-bit");
}

TEST_CASE("picture-4-4-4", "[faults]") {
  check_fault("picture-4-4-4");
}

TEST_CASE("picture-gray", "[faults]") {
  check_fault("picture-gray");
}

TEST_CASE("picture-interlaced", "[faults]") {
  fault_run run{{fault_named("picture-interlaced")}};
  const auto& watched = run.watch("picture-interlaced");
  CHECK(watched.tally().interlaced == 0);
  run.begin();
  run.check_symptoms();
  CHECK(watched.wait_until([](const watch_tally& now) { return now.interlaced > 0; }));
  run.end();
  static_cast<void>(run.finish());
  CHECK(run.watch("good0").tally().interlaced == 0);
}

TEST_CASE("picture-too-large", "[faults]") {
  check_fault("picture-too-large");
}

TEST_CASE("picture-rgb", "[faults]") {
  check_fault("picture-rgb");
}
