#pragma once

#include "core/base/access_unit.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace camherd::faults {

using byte_vector = std::vector<std::uint8_t>;

enum class marker_mode : unsigned char { at_end_of_unit, never, always };

/// How a scripted camera puts access units into RTP packets.
struct media_script {
  marker_mode marker = marker_mode::at_end_of_unit;
  std::size_t packet_size = 1200;  ///< longest payload
  std::uint16_t first_sequence = 100;
  std::uint32_t first_timestamp = 900000;
  std::uint32_t timestamp_step = 15000;  ///< 6 pictures a second
  std::uint32_t ssrc = 0x11223344;
  std::uint8_t payload_type = 96;
  video_codec codec = video_codec::h264;
};

/// H.264 and H.265 access units to RTP packets (RFC 6184, RFC 7798): single NAL units, FU-A and
/// FU. Written apart from the receiver, so that the two cannot share a mistake.
class packetizer {
 public:
  explicit packetizer(media_script how)
      : how_{how}, sequence_{how.first_sequence}, timestamp_{how.first_timestamp} {}

  /// The packets of one access unit (Annex B), at `timestamp` or one step after the last.
  [[nodiscard]] std::vector<byte_vector> packets(
      const byte_vector& unit, std::optional<std::uint32_t> timestamp = std::nullopt);

  void change_ssrc(std::uint32_t ssrc) { how_.ssrc = ssrc; }
  [[nodiscard]] std::uint32_t ssrc() const noexcept { return how_.ssrc; }

 private:
  byte_vector packet(const byte_vector& payload);
  [[nodiscard]] std::vector<byte_vector> payloads_of(const byte_vector& nal) const;

  media_script how_;
  std::uint16_t sequence_;
  std::uint32_t timestamp_;
};

/// The NAL units of an access unit in Annex B form.
[[nodiscard]] std::vector<byte_vector> nal_units(const byte_vector& annex_b);

/// Base64 (RFC 4648), as SDP has it.
[[nodiscard]] std::string base64(const byte_vector& bytes);

/// A sender report of `ssrc` that says `rtp_time` was at `ntp_time` (RFC 3550 section 6.4.1).
[[nodiscard]] byte_vector sender_report_bytes(std::uint32_t ssrc, std::uint64_t ntp_time,
                                              std::uint32_t rtp_time);

/// BYE of `ssrc` behind an empty receiver report (RFC 3550 section 6.6).
[[nodiscard]] byte_vector bye_bytes(std::uint32_t ssrc);

/// SPS and PPS as Annex B, and as the value of sprop-parameter-sets.
[[nodiscard]] byte_vector test_parameter_sets();
[[nodiscard]] std::string test_sprop();

/// An H.264 access unit of `size` bytes of slice, told apart by `index`: an IDR picture behind
/// its parameter sets, and one predicted from others.
[[nodiscard]] byte_vector keyframe_unit(std::uint8_t index, std::size_t size = 3000);
[[nodiscard]] byte_vector picture_unit(std::uint8_t index, std::size_t size = 500);

}  // namespace camherd::faults
