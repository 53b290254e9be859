#include "tests/faults/fault_run.hpp"
#include "tests/support/catch.hpp"

using namespace camherd::testing;

TEST_CASE("sdp-of-1-mb", "[faults]") {
  check_fault("sdp-of-1-mb");
}

TEST_CASE("sdp-without-video", "[faults]") {
  check_fault("sdp-without-video");
}

TEST_CASE("sdp-that-is-none", "[faults]") {
  check_fault("sdp-that-is-none");
}

TEST_CASE("header-without-end", "[faults]") {
  check_fault("header-without-end");
}

TEST_CASE("headers-without-end", "[faults]") {
  check_fault("headers-without-end");
}

TEST_CASE("ten-thousand-headers", "[faults]") {
  check_fault("ten-thousand-headers");
}

TEST_CASE("two-hundred-headers", "[faults]") {
  check_fault("two-hundred-headers");
}

TEST_CASE("content-length-negative", "[faults]") {
  check_fault("content-length-negative");
}

TEST_CASE("content-length-4-gib", "[faults]") {
  check_fault("content-length-4-gib");
}

TEST_CASE("content-length-huge", "[faults]") {
  check_fault("content-length-huge");
}
