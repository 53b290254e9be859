#include "core/rtsp/depacketizer.hpp"
#include "core/rtsp/rtp.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fixtures.hpp"

#include <vector>

using namespace camherd;
using namespace camherd::rtsp;

TEST_CASE("a recorded H.264 session gives every access unit", "[rtsp][h264][fixtures]") {
  static constexpr std::uint8_t video_payload_type = 97;
  const auto recorded = testing::read_fixture("camera-responses/bunny.rtsp");
  if (!recorded) return;
  const std::vector<std::uint8_t> bytes{recorded->begin(), recorded->end()};
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
