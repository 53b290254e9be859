#pragma once

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/rtsp/rtp.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace camherd::rtsp {

/// What camherd uses of a sender report (RFC 3550 section 6.4.1).
struct sender_report {
  std::uint32_t ssrc = 0;
  std::uint64_t ntp_time = 0;  ///< 32.32 fixed point seconds since 1900
  std::uint32_t rtp_time = 0;
};

/// What camherd uses of a compound packet (RFC 3550 section 6.1).
struct rtcp_contents {
  std::optional<sender_report> report;
  bool bye = false;
  std::vector<std::uint32_t> bye_ssrcs;  ///< who says so, at most 31; empty if not told
};

/// Lenient about order, unknown packet types and a tail too short for a packet; of several
/// sender reports the first counts. Errors: `corrupt` for a wrong version or lengths that lie.
[[nodiscard]] result<rtcp_contents> parse_rtcp(std::span<const std::uint8_t> bytes);

/// A compound of receiver report and CNAME (RFC 3550 sections 6.4.2 and 6.5), to be sent on the
/// RTCP channel. `middle_ntp` and `delay_since` (units of 1/65536 s) refer to the last sender
/// report; both 0 if none came. A CNAME past 255 bytes is cut.
[[nodiscard]] std::vector<std::uint8_t> make_receiver_report(std::uint32_t own_ssrc,
                                                             const rtp_receiver::report& report,
                                                             std::uint32_t middle_ntp,
                                                             std::uint32_t delay_since,
                                                             std::string_view cname);

/// Calendar time of NTP time; the epoch for 0 and for times before 1970 (cameras without a
/// clock, which count from 0). So it ends with NTP era 0, in February 2036.
[[nodiscard]] wall_time wall_from_ntp(std::uint64_t ntp_time) noexcept;

/// Maps RTP timestamps to the camera's calendar time by its latest sender report. A clock that
/// says a year before 2000 was never set.
class capture_clock {
 public:
  explicit capture_clock(std::uint32_t clock_rate) : clock_rate_{clock_rate} {}

  void update(const sender_report& report);
  void reset() { last_.reset(); }

  /// Epoch before the first report or when the camera's clock is not set.
  [[nodiscard]] wall_time captured_at(std::uint32_t rtp_time) const;

 private:
  std::uint32_t clock_rate_;
  std::optional<sender_report> last_;
};

}  // namespace camherd::rtsp
