#include "tests/faults/fault_run.hpp"
#include "tests/faults/packet_harm.hpp"
#include "tests/support/catch.hpp"

using namespace camherd::testing;

TEST_CASE("timestamps-jump", "[faults]") {
  check_unfelt("timestamps-jump");
}

TEST_CASE("timestamps-run-backwards", "[faults]") {
  check_unfelt("timestamps-run-backwards");
}

TEST_CASE("timestamps-stand-still", "[faults]") {
  check_unfelt("timestamps-stand-still");
}

TEST_CASE("timestamps-wrap", "[faults]") {
  check_unfelt("timestamps-wrap");
}

TEST_CASE("timestamps-in-milliseconds", "[faults]") {
  check_unfelt("timestamps-in-milliseconds");
}

TEST_CASE("ntp-jumps", "[faults]") {
  check_unfelt("ntp-jumps");
}

TEST_CASE("ntp-runs-backwards", "[faults]") {
  check_unfelt("ntp-runs-backwards");
}

TEST_CASE("ntp-without-clock", "[faults]") {
  check_unfelt("ntp-without-clock");
}

TEST_CASE("timestamps-stand-still-without-marker", "[faults]") {
  check_fault("timestamps-stand-still-without-marker");
}

TEST_CASE("clock-rate-missing", "[faults]") {
  check_nothing_dropped("clock-rate-missing");
}

TEST_CASE("clock-rate-zero", "[faults]") {
  check_nothing_dropped("clock-rate-zero");
}

TEST_CASE("clock-rate-wrong", "[faults]") {
  check_nothing_dropped("clock-rate-wrong");
}

TEST_CASE("clock-rate-huge", "[faults]") {
  check_nothing_dropped("clock-rate-huge");
}

TEST_CASE("faster-than-declared", "[faults]") {
  check_nothing_dropped("faster-than-declared");
}

TEST_CASE("fps-beyond-reason", "[faults]") {
  check_nothing_dropped("fps-beyond-reason");
}

TEST_CASE("slower-than-declared", "[faults]") {
  check_nothing_dropped("slower-than-declared");
}
