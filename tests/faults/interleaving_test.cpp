#include "tests/faults/fault_run.hpp"
#include "tests/faults/packet_harm.hpp"
#include "tests/support/catch.hpp"

using namespace camherd::testing;

TEST_CASE("unknown-channels", "[faults]") {
  check_unfelt("unknown-channels");
}

TEST_CASE("garbage-between-pictures", "[faults]") {
  check_harm("garbage-between-pictures", 400);
}

TEST_CASE("garbage-inside-pictures", "[faults]") {
  check_harm("garbage-inside-pictures", 200);
}

TEST_CASE("garbage-as-rtcp", "[faults]") {
  check_unfelt("garbage-as-rtcp");
}

TEST_CASE("requests-between-packets", "[faults]") {
  check_unfelt("requests-between-packets");
}

TEST_CASE("answers-nobody-asked-for", "[faults]") {
  check_unfelt("answers-nobody-asked-for");
}

TEST_CASE("stale-session", "[faults]") {
  check_unfelt("stale-session");
}

TEST_CASE("stale-session-of-one-source", "[faults]") {
  check_unfelt("stale-session-of-one-source");
}

TEST_CASE("length-zero", "[faults]") {
  check_unfelt("length-zero");
}

TEST_CASE("garbage-without-end", "[faults]") {
  check_fault("garbage-without-end");
}

TEST_CASE("ssrc-changes", "[faults]") {
  check_fault("ssrc-changes");
}

TEST_CASE("length-too-long", "[faults]") {
  check_harm("length-too-long", 120);
}

TEST_CASE("length-too-short", "[faults]") {
  check_harm("length-too-short", 400);
}

TEST_CASE("length-too-short-at-the-end", "[faults]") {
  check_harm("length-too-short-at-the-end", 400);
}

TEST_CASE("length-of-64-kib", "[faults]") {
  check_fault("length-of-64-kib");
}

TEST_CASE("false-packet-headers", "[faults]") {
  check_harm("false-packet-headers", 120);
}
