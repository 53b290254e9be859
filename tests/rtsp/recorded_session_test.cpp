#include "core/rtsp/depacketizer.hpp"
#include "core/rtsp/rtp.hpp"
#include "tests/support/catch.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

using namespace camherd;
using namespace camherd::rtsp;

namespace {

std::filesystem::path fixtures() {
  if (const char* const given = std::getenv("CAMHERD_FIXTURES")) return given;
  return std::filesystem::path{CAMHERD_SOURCE_DIR} / ".." / "shared" / "fixtures";
}

}  // namespace

TEST_CASE("a recorded H.264 session gives every access unit", "[rtsp][h264][fixtures]") {
  static constexpr std::uint8_t video_payload_type = 97;
  const auto path = fixtures() / "camera-responses" / "bunny.rtsp";
  std::ifstream in{path, std::ios::binary};
  if (!in) {
    WARN("left out: no recorded session at " << path);
    return;
  }
  const std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>{in}, {}};
  rtp_receiver receiver{90000};
  const auto video = make_depacketizer(video_codec::h264, 90000, {});
  std::size_t units = 0;
  std::size_t keyframes = 0;
  std::size_t broken = 0;
  std::size_t at = 0;
  while (at + 4 <= bytes.size() && bytes[at] == '$') {
    const std::size_t size = bytes[at + 2] << 8 | bytes[at + 3];
    REQUIRE(at + 4 + size <= bytes.size());
    const auto packet = parse_rtp(std::span{bytes}.subspan(at + 4, size));
    at += 4 + size;
    REQUIRE(packet);
    if (packet->payload_type != video_payload_type) continue;
    const auto received = receiver.accept(*packet, {}, size);
    REQUIRE(received);
    REQUIRE(video->push(*received, [&](const access_unit& unit) {
      ++units;
      keyframes += unit.keyframe ? 1U : 0U;
      broken += unit.corrupt || unit.after_gap ? 1U : 0U;
    }));
  }
  CHECK(at == bytes.size());
  CHECK(units == 245);
  CHECK(keyframes == 6);
  CHECK(broken == 0);
  CHECK(receiver.statistics().packets_lost == 0);
  CHECK(video->faults().malformed_packets == 0);
  CHECK(video->faults().incomplete_units == 0);
}
