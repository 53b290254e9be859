#include "tests/faults/fault_run.hpp"
#include "tests/faults/packet_harm.hpp"
#include "tests/support/catch.hpp"

using namespace camherd::testing;

TEST_CASE("audio-and-metadata", "[faults]") {
  check_nothing_dropped("audio-and-metadata");
}

TEST_CASE("audio-on-the-videos-channel", "[faults]") {
  check_unfelt("audio-on-the-videos-channel");
}

TEST_CASE("audio-as-video", "[faults]") {
  check_unfelt("audio-as-video");
}

TEST_CASE("metadata-before-video", "[faults]") {
  check_nothing_dropped("metadata-before-video");
}

TEST_CASE("second-video", "[faults]") {
  check_nothing_dropped("second-video");
}

TEST_CASE("undecodable-video-first", "[faults]") {
  check_nothing_dropped("undecodable-video-first");
}

TEST_CASE("encrypted-video-first", "[faults]") {
  check_nothing_dropped("encrypted-video-first");
}

TEST_CASE("twenty-tracks", "[faults]") {
  check_nothing_dropped("twenty-tracks");
}

TEST_CASE("encrypted-video-only", "[faults]") {
  check_fault("encrypted-video-only");
}

TEST_CASE("undecodable-video-only", "[faults]") {
  check_fault("undecodable-video-only");
}

TEST_CASE("hundred-tracks", "[faults]") {
  check_fault("hundred-tracks");
}
