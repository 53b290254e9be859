#include "core/rtsp/codec_depacketizers.hpp"
#include "core/rtsp/nal_depacketizer.hpp"

namespace camherd::rtsp {
namespace {

/// RFC 6184, packetization modes 0 and 1.
class h264_depacketizer final : public nal_depacketizer {
 public:
  h264_depacketizer(std::uint32_t clock_rate, std::span<const std::uint8_t> parameter_sets,
                    depacketizer_limits limits)
      : nal_depacketizer{video_codec::h264, clock_rate, parameter_sets, limits} {}

 private:
  // Section 5.4.
  enum packet_type : std::uint8_t {
    last_single_nal = 23,
    stap_a = 24,
    stap_b = 25,
    mtap16 = 26,
    mtap24 = 27,
    fu_a = 28,
    fu_b = 29,
  };

  result<void> take(const rtp_packet& packet) override {
    const auto payload = packet.payload;
    const auto type = payload[0] & 0x1f;
    if (type == fu_a) return take_fu_a(payload);

    auto taken = end_fragments();
    if (auto next = take_whole(type, payload); taken) taken = std::move(next);
    return taken;
  }

  result<void> take_whole(int type, std::span<const std::uint8_t> payload) {
    if (type <= last_single_nal) return take_nal(payload);
    switch (type) {
      case stap_a:
        return take_aggregate(payload.subspan(1));
      case stap_b:
        return damaged_by(error_kind::unsupported, "STAP-B packets (interleaved mode)");
      case mtap16:
      case mtap24:
        return damaged_by(error_kind::unsupported, "MTAP packets (interleaved mode)");
      case fu_b:
        return damaged_by(error_kind::unsupported, "FU-B packets (interleaved mode)");
      default:
        return error{error_kind::corrupt, "an H.264 packet type that is not defined"};
    }
  }

  result<void> take_fu_a(std::span<const std::uint8_t> payload) {
    if (payload.size() < 2) return damaged_by(error_kind::corrupt, "an FU-A without header");
    fragment part;
    part.header[0] = static_cast<std::uint8_t>((payload[0] & 0xe0) | (payload[1] & 0x1f));
    part.start = (payload[1] & 0x80) != 0;
    part.end = (payload[1] & 0x40) != 0;
    part.payload = payload.subspan(2);
    return take_fragment(part);
  }
};

}  // namespace

std::unique_ptr<depacketizer> make_h264_depacketizer(
    std::uint32_t clock_rate, std::span<const std::uint8_t> parameter_sets,
    depacketizer_limits limits) {
  return std::make_unique<h264_depacketizer>(clock_rate, parameter_sets, limits);
}

}  // namespace camherd::rtsp
