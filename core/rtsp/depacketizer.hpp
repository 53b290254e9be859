#pragma once

#include "core/base/access_unit.hpp"
#include "core/base/result.hpp"
#include "core/rtsp/rtp.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

namespace camherd::rtsp {

struct depacketizer_limits {
  std::size_t max_access_unit_bytes = 16 * 1024 * 1024;
  std::size_t max_parameter_set_bytes = 64 * 1024;  ///< all cached sets together
};

/// What a depacketizer has counted of packets it could not use.
struct depacketizer_faults {
  std::uint64_t malformed_packets = 0;  ///< payloads that break their format, or unsupported
  std::uint64_t oversized_units = 0;    ///< access units past the limit, given up
  std::uint64_t incomplete_units = 0;   ///< access units with a part missing
};

/// Joins RTP payloads to access units: H.264 (RFC 6184, packetization modes 0 and 1), H.265
/// (RFC 7798 without DONL fields), MJPEG (RFC 2435).
///
/// An access unit ends at the marker bit, or at the first packet of another timestamp where the
/// camera did not set it; a marker never delays, a missing one costs the time to the next
/// packet. Cameras that set the marker on every packet, NAL unit or slice are found out (a
/// later part of the same picture after the marker) and from then on the timestamp alone
/// decides. Where the marker was inside a NAL unit nothing is lost by that; else the picture
/// that gave the camera away was emitted in two, the second part `corrupt`.
///
/// An access unit with missing parts is emitted with `corrupt` set if anything of it is usable,
/// else left out; the next one has `after_gap`. So has the first one after any loss that may
/// have hidden others. A packet whose end is doubtful damages its unit, whatever it is a part
/// of, since a decoder need not notice. Access units without a slice (parameter sets, SEI or a
/// delimiter alone) are not emitted, whatever their marker and timestamp: they join the next
/// one.
///
/// Parameter sets are cached and lead every keyframe; sets received in band replace those of
/// the same id, and a set that changes between keyframes leads the next access unit. A new SPS
/// removes the PPS made for the old one. Delimiters and filler are left out.
///
/// H.264 pictures behind a recovery point SEI that promises a correct picture at once count as
/// keyframes; gradual intra refresh does not.
///
/// MJPEG pictures get a JFIF header with the standard Huffman tables and an EOI; what follows a
/// missing fragment is left out. Pictures above 2040 pixels (which RFC 2435 cannot express) are
/// `unsupported`. Of interlaced streams each field is a picture.
///
/// `sequence`, `captured_at` of the access unit are left to the caller; everything else is
/// filled in.
class depacketizer {
 public:
  using emit = std::function<void(access_unit)>;

  virtual ~depacketizer() = default;

  /// Takes the next packet in order; one without payload is ignored. Errors name the packet by
  /// sequence number and what is wrong: `corrupt`, or `unsupported` for a packet of a kind that
  /// is not read (interleaved mode). The depacketizer goes on with the next packet in any case.
  virtual result<void> push(const received_packet& packet, const emit& out) = 0;

  /// The end of the last packet turns out to be doubtful. If its unit was emitted with it, the
  /// next one has `after_gap`.
  virtual void doubt_last() = 0;

  /// Emits what is complete and forgets the rest, at the end of a stream.
  virtual void flush(const emit& out) = 0;

  [[nodiscard]] virtual depacketizer_faults faults() const noexcept = 0;
};

/// `parameter_sets` (Annex B, may be empty) lead keyframes until the camera sends its own.
[[nodiscard]] std::unique_ptr<depacketizer> make_depacketizer(
    video_codec codec, std::uint32_t clock_rate, std::span<const std::uint8_t> parameter_sets,
    depacketizer_limits limits = {});

}  // namespace camherd::rtsp
