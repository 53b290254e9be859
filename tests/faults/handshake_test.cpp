#include "tests/faults/fault_run.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

using namespace camherd::faults;
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

TEST_CASE("reboots", "[faults]") {
  constexpr int cameras = 6;
  std::vector<fault> all;
  for (int i = 0; i < cameras; ++i) {
    all.push_back(fault_named("reboots"));
    all.back().name += std::to_string(i);
  }
  fault_run run{all};
  run.begin();
  run.check_symptoms();
  // Each was refused more than once, so that delays have grown and been scattered.
  for (const auto& one : all) CHECK(run.herd().logs(one.name, "connection", "refused", 3));
  run.end();
  static_cast<void>(run.finish());

  // All lost their power at the same time: without jitter they would be told the same delay.
  std::vector<std::string> delays;
  for (const auto& one : all) {
    const auto line = run.herd().logs(one.name, "connection", "refused", 2);
    REQUIRE(line);
    delays.push_back(line->substr(line->find("next try in")));
  }
  std::sort(delays.begin(), delays.end());
  delays.erase(std::unique(delays.begin(), delays.end()), delays.end());
  CHECK(delays.size() > 1);
}
