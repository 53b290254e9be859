#pragma once

#include "core/base/source.hpp"
#include "core/rtsp/depacketizer.hpp"
#include "core/rtsp/rtcp.hpp"
#include "core/rtsp/rtp.hpp"
#include "core/rtsp/sdp.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace camherd::rtsp {

/// Counts faults that come in swarms, and words them at most once a second. Pure: time is a
/// parameter.
class fault_digest {
 public:
  /// A sentence to report now, or nothing.
  [[nodiscard]] std::optional<std::string> add(mono_time now, const error& fault);

  /// The sentence for what was counted and not reported; nothing if there is none or the last
  /// report is younger than a second.
  [[nodiscard]] std::optional<std::string> due(mono_time now);

 private:
  std::uint64_t unreported_ = 0;
  std::string latest_;
  std::optional<mono_time> reported_at_;
};

/// RTP and RTCP packets of one video track in, access units out: loss accounting, reordering
/// where the transport needs it, depacketizing, capture time. Knows no socket; time is a
/// parameter. One thread.
class media_pipeline {
 public:
  /// Called from within `push`, `expire` and `finish`. The caller numbers the access units.
  struct output {
    std::function<void(access_unit)> unit;
    std::function<void(const std::string&)> notice;
  };

  /// `announced_ssrc` is what the SETUP answer said, if anything.
  media_pipeline(const video_track& track, std::optional<std::uint32_t> announced_ssrc,
                 depacketizer_limits limits, output out);

  /// From now on packets may come in any order.
  void reorder(std::chrono::milliseconds longest_wait, std::size_t max_packets);

  /// Takes an RTP packet. A malformed one is counted and reported, and does no other harm. The
  /// end of one that may be reordered is not doubted: it had a datagram of its own.
  void push(std::span<const std::uint8_t> bytes, mono_time received_at,
            packet_end end = packet_end::as_framed);

  /// Bytes without meaning came behind the last packet, and later.
  void doubt_last() { depacketizer_->doubt_last(); }

  /// Gives up waiting for late packets; to be called at `next_expiry`.
  void expire(mono_time now);
  [[nodiscard]] std::optional<mono_time> next_expiry() const;

  /// Takes an RTCP packet; true if it says good-bye for the stream's source.
  [[nodiscard]] bool push_rtcp(std::span<const std::uint8_t> bytes, mono_time received_at);

  /// The receiver report to send now; nothing before the first packet.
  [[nodiscard]] std::optional<std::vector<std::uint8_t>> make_report(mono_time now);

  /// Reports faults that are due.
  void report_faults(mono_time now);

  /// Emits what is complete, at the end of the stream.
  void finish();

  [[nodiscard]] source_statistics statistics() const;

  /// Sequence number of the latest RTP packet used; nothing before the first.
  [[nodiscard]] std::optional<std::uint16_t> last_sequence() const noexcept {
    return last_sequence_;
  }

 private:
  void take_in_order(std::span<const std::uint8_t> bytes, mono_time received_at,
                     packet_end end = packet_end::as_framed);
  void fault(mono_time now, const error& what);
  void note_clock(const sender_report& now, mono_time received_at);

  video_track track_;
  output out_;
  rtp_receiver receiver_;
  std::unique_ptr<depacketizer> depacketizer_;
  depacketizer::emit stamp_;
  capture_clock clock_;
  std::optional<reorder_buffer> reorder_;
  fault_digest faults_;
  std::optional<std::uint32_t> ssrc_;  // of the stream in use
  std::optional<std::uint16_t> last_sequence_;
  std::uint64_t lost_before_empty_ = 0;  // losses the depacketizer has not heard of yet
  std::optional<sender_report> last_report_;
  mono_time last_report_at_{};
  std::uint32_t own_ssrc_;
  std::string cname_;
  bool other_type_noticed_ = false;
  bool other_source_noticed_ = false;
};

}  // namespace camherd::rtsp
