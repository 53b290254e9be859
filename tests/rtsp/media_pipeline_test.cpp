#include "core/rtsp/media_pipeline.hpp"

#include "apps/camherd-sim/faults/scripted_media.hpp"
#include "tests/support/catch.hpp"

#include <string>
#include <vector>

using namespace camherd;
using namespace camherd::faults;
using namespace std::chrono_literals;

namespace {

constexpr std::uint32_t ssrc = 0x11223344;

/// NTP seconds of 2026-01-01 00:00:00 UTC.
constexpr std::uint64_t ntp_2026 = 1767225600ULL + 2208988800ULL;

rtsp::video_track video() {
  rtsp::video_track track;
  track.payload_type = 96;
  return track;
}

/// A pipeline whose stream has begun.
class begun_stream {
 public:
  begun_stream() { push(packets_.packets(keyframe_unit(1)), ssrc); }

  void push(std::vector<byte_vector> packets, std::uint32_t source) {
    for (auto& packet : packets) {
      for (unsigned i = 0; i < 4; ++i) {
        packet[8 + i] = static_cast<std::uint8_t>(source >> (24 - 8 * i));
      }
      pipeline_.push(packet, mono_time{});
    }
  }

  /// A sender report that came `after` the beginning, with the camera's clock and its RTP clock
  /// in seconds of the stream.
  void report(std::chrono::milliseconds after, std::uint64_t clock, std::uint32_t rtp_clock) {
    CHECK_FALSE(pipeline_.push_rtcp(
        sender_report_bytes(ssrc, (ntp_2026 + clock) << 32, rtp_clock * 90000),
        mono_time{after}));
  }

  [[nodiscard]] const std::vector<std::string>& notices() const { return notices_; }

 private:
  packetizer packets_{media_script{}};
  std::vector<std::string> notices_;
  rtsp::media_pipeline pipeline_{
      video(),
      std::nullopt,
      {},
      {[](const access_unit&) {},
       [this](const std::string& text) { notices_.push_back(text); }}};
};

}  // namespace

TEST_CASE("a jump of the camera's clock is told", "[rtsp]") {
  begun_stream stream;
  stream.report(0s, 0, 0);
  stream.report(5s, 3605, 5);
  stream.report(10s, 3610, 10);
  stream.report(15s, 15, 15);
  REQUIRE(stream.notices().size() == 2);
  CHECK(stream.notices()[0].find("clock jumped by 3600 s") != std::string::npos);
  CHECK(stream.notices()[1].find("clock jumped by -3600 s") != std::string::npos);
}

TEST_CASE("a report that was held up is no jump of the camera's clock", "[rtsp]") {
  begun_stream stream;
  stream.report(0s, 0, 0);
  stream.report(20s, 5, 5);
  stream.report(20s, 10, 10);
  CHECK(stream.notices().empty());
}

TEST_CASE("a jump of the timestamps is no jump of the camera's clock", "[rtsp]") {
  begun_stream stream;
  stream.report(0s, 0, 0);
  stream.report(5s, 5, 3000);
  CHECK(stream.notices().empty());
}

TEST_CASE("packets of another source are told of once", "[rtsp]") {
  begun_stream stream;
  packetizer other{media_script{}};
  stream.push(other.packets(keyframe_unit(2)), 0x0badcafe);
  stream.push(other.packets(picture_unit(3)), 0x0badcafe);
  REQUIRE(stream.notices().size() == 1);
  CHECK(stream.notices()[0].find("another source") != std::string::npos);
}
