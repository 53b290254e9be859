#include "core/rtsp/codec_depacketizers.hpp"
#include "core/rtsp/nal_depacketizer.hpp"

namespace camherd::rtsp {
namespace {

/// RFC 7798 without DONL fields (sprop-max-don-diff 0, which is all that cameras send).
class h265_depacketizer final : public nal_depacketizer {
 public:
  h265_depacketizer(std::uint32_t clock_rate, std::span<const std::uint8_t> parameter_sets,
                    depacketizer_limits limits)
      : nal_depacketizer{video_codec::h265, clock_rate, parameter_sets, limits} {}

 private:
  // Section 4.4.
  enum packet_type : std::uint8_t {
    last_single_nal = 47,
    aggregation = 48,
    fragmentation = 49,
    paci = 50,
  };
  static constexpr std::size_t header_bytes = 2;

  result<void> take(const rtp_packet& packet) override {
    const auto payload = packet.payload;
    if (payload.size() < header_bytes) {
      return error{error_kind::corrupt, "an H.265 packet without header"};
    }
    const auto type = payload[0] >> 1 & 0x3f;
    if (type == fragmentation) return take_fu(payload);

    auto taken = end_fragments();
    if (auto next = take_whole(type, payload); taken) taken = std::move(next);
    return taken;
  }

  result<void> take_whole(int type, std::span<const std::uint8_t> payload) {
    if (type <= last_single_nal) return take_nal(payload);
    switch (type) {
      case aggregation:
        return take_aggregate(payload.subspan(header_bytes));
      case paci:
        return damaged_by(error_kind::unsupported, "PACI packets");
      default:
        return error{error_kind::corrupt, "an H.265 packet type that is not defined"};
    }
  }

  result<void> take_fu(std::span<const std::uint8_t> payload) {
    if (payload.size() < header_bytes + 1) {
      return damaged_by(error_kind::corrupt, "an FU without header");
    }
    const auto type = payload[2] & 0x3f;
    fragment part;
    part.header = {static_cast<std::uint8_t>((payload[0] & 0x81) | type << 1), payload[1]};
    part.start = (payload[2] & 0x80) != 0;
    part.end = (payload[2] & 0x40) != 0;
    part.payload = payload.subspan(header_bytes + 1);
    return take_fragment(part);
  }
};

}  // namespace

std::unique_ptr<depacketizer> make_h265_depacketizer(
    std::uint32_t clock_rate, std::span<const std::uint8_t> parameter_sets,
    depacketizer_limits limits) {
  return std::make_unique<h265_depacketizer>(clock_rate, parameter_sets, limits);
}

}  // namespace camherd::rtsp
