#include "tests/faults/fault_run.hpp"
#include "tests/support/catch.hpp"

#include <set>
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

TEST_CASE("play-unanswered", "[faults]") {
  check_fault("play-unanswered");
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
  constexpr int cameras = 8;
  std::vector<fault> all;
  for (int i = 0; i < cameras; ++i) {
    all.push_back(fault_named("reboots"));
    all.back().name += std::to_string(i);
  }
  fault_run run{all};
  run.begin();
  run.check_symptoms();
  // Each was refused twice, so that delays have grown and been scattered.
  constexpr std::size_t refusals = 2;
  for (const auto& one : all) {
    CHECK(run.herd().logs(one.name, "connection", "refused", refusals));
  }
  run.end();
  static_cast<void>(run.finish());

  // All lost their power at the same time: without jitter all would be told the same delays.
  std::set<std::string> delays;
  for (const auto& one : all) {
    std::string told;
    for (std::size_t n = 1; n <= refusals; ++n) {
      const auto line = run.herd().logs(one.name, "connection", "refused", n);
      REQUIRE(line);
      told += line->substr(line->find("next try in"));
    }
    delays.insert(told);
  }
  CHECK(delays.size() > 1);
}
