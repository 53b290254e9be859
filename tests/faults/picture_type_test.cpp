#include "tests/faults/fault_run.hpp"
#include "tests/faults/packet_harm.hpp"
#include "tests/support/catch.hpp"

using namespace camherd::testing;

TEST_CASE("b-pictures", "[faults]") {
  check_nothing_dropped("b-pictures");
}

TEST_CASE("b-pictures-h265", "[faults]") {
  check_nothing_dropped("b-pictures-h265");
}

TEST_CASE("several-slices", "[faults]") {
  check_nothing_dropped("several-slices");
}

TEST_CASE("several-slices-h265", "[faults]") {
  check_nothing_dropped("several-slices-h265");
}

TEST_CASE("marker-never", "[faults]") {
  check_nothing_dropped("marker-never");
}

TEST_CASE("marker-always", "[faults]") {
  check_nothing_dropped("marker-always");
}

TEST_CASE("marker-never-with-slices", "[faults]") {
  check_nothing_dropped("marker-never-with-slices");
}

TEST_CASE("delimiter-and-sei-before-pictures", "[faults]") {
  check_nothing_dropped("delimiter-and-sei-before-pictures");
}

TEST_CASE("delimiter-and-sei-of-other-times", "[faults]") {
  check_nothing_dropped("delimiter-and-sei-of-other-times");
}

TEST_CASE("end-of-sequence", "[faults]") {
  check_nothing_dropped("end-of-sequence");
}

TEST_CASE("b-pictures-suddenly", "[faults]") {
  check_fault("b-pictures-suddenly");
}

TEST_CASE("marker-on-every-slice", "[faults]") {
  check_fault("marker-on-every-slice");
}

TEST_CASE("marker-on-every-slice-h265", "[faults]") {
  check_fault("marker-on-every-slice-h265");
}

TEST_CASE("delimiter-and-sei-only", "[faults]") {
  check_fault("delimiter-and-sei-only");
}
