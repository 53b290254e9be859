#pragma once

#include "core/base/access_unit.hpp"
#include "core/base/result.hpp"
#include "core/rtsp/rtp.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace camherd::rtsp {

struct depacketizer_limits {
  std::size_t max_access_unit_bytes = 16 * 1024 * 1024;
  std::size_t max_parameter_set_bytes = 64 * 1024;  ///< all cached sets together
};

/// What a depacketizer has counted of packets it could not use.
struct depacketizer_faults {
  std::uint64_t malformed_packets = 0;  ///< payloads that break their format
  std::uint64_t oversized_units = 0;    ///< access units past the limit, given up
  std::uint64_t incomplete_units = 0;   ///< access units with a part missing
};

/// Joins RTP payloads to access units. An access unit ends at the marker bit, or at the first
/// packet of another timestamp where the camera did not set it; a marker never delays, a
/// missing one costs the time to the next packet. Cameras that set the marker on every packet
/// or every NAL unit are found out (a packet of the same timestamp after the marker) and from
/// then on the timestamp alone decides.
///
/// An access unit with missing parts is emitted with `corrupt` set if anything of it is usable,
/// else left out; the next one has `after_gap`. Access units without a slice (parameter sets,
/// SEI or a delimiter alone) are not emitted; their parameter sets are cached and lead the next
/// keyframe.
///
/// `sequence`, `captured_at` of the access unit are left to the caller; everything else is
/// filled in.
class depacketizer {
 public:
  using emit = std::function<void(access_unit)>;

  virtual ~depacketizer() = default;

  /// Takes the next packet in order. Errors: `corrupt`, naming the packet by sequence number
  /// and what is wrong; the depacketizer goes on with the next packet.
  virtual result<void> push(const received_packet& packet, const emit& out) = 0;

  /// Emits what is complete and forgets the rest, at the end of a stream.
  virtual void flush(const emit& out) = 0;

  [[nodiscard]] virtual depacketizer_faults faults() const noexcept = 0;
};

/// `parameter_sets` (Annex B, may be empty) lead the first keyframe unless the camera sends its
/// own.
[[nodiscard]] std::unique_ptr<depacketizer> make_depacketizer(
    video_codec codec, std::uint32_t clock_rate, std::span<const std::uint8_t> parameter_sets,
    depacketizer_limits limits = {});

}  // namespace camherd::rtsp
