#include "tests/faults/fault_run.hpp"
#include "tests/support/catch.hpp"

using namespace camherd::testing;

TEST_CASE("refuses-every-login", "[faults]") {
  check_fault("refuses-every-login");
}

TEST_CASE("nonce-always-stale", "[faults]") {
  check_fault("nonce-always-stale");
}

TEST_CASE("bans-after-three-tries", "[faults]") {
  check_fault("bans-after-three-tries");
}

TEST_CASE("nonce-changes", "[faults]") {
  check_fault("nonce-changes");
}

TEST_CASE("closes-after-401", "[faults]") {
  check_fault("closes-after-401");
}

TEST_CASE("sha256-only", "[faults]") {
  check_fault("sha256-only");
}

TEST_CASE("basic-only", "[faults]") {
  check_fault("basic-only");
}
