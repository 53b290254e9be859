#pragma once

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/base/source.hpp"

#include <bitset>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

namespace camherd::rtsp {

/// An RTP packet (RFC 3550 section 5.1). `payload` points into the buffer that was parsed,
/// without CSRC list, header extension and padding. It may be empty.
struct rtp_packet {
  std::uint8_t payload_type = 0;
  bool marker = false;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;
  std::span<const std::uint8_t> payload;
};

/// Errors: `corrupt` for a wrong version or lengths that lie.
[[nodiscard]] result<rtp_packet> parse_rtp(std::span<const std::uint8_t> bytes);

/// Extends 16-bit sequence numbers and 32-bit timestamps over their wrap-around.
class unwrapper {
 public:
  /// `bits` is 16 or 32.
  explicit unwrapper(unsigned bits) : bits_{bits} {}

  /// The extended value nearest to the last one; of two equally near ones the smaller. The
  /// first is returned as it is. Values before it may become negative.
  [[nodiscard]] std::int64_t unwrap(std::uint32_t value);

  void reset() { last_.reset(); }

 private:
  unsigned bits_;
  std::optional<std::int64_t> last_;
};

/// RFC 3550 appendix A.1: a sequence number further ahead, or further behind, is no loss and no
/// late packet but a jump.
inline constexpr int max_sequence_dropout = 3000;
inline constexpr int max_sequence_misorder = 100;

/// Whether a packet ends where the frame around it says.
enum class packet_end : unsigned char {
  as_framed,
  doubtful,  ///< bytes without meaning follow it, which may be its rest
};

/// A packet with what the receiver knows about its place in the stream.
struct received_packet {
  rtp_packet packet;
  std::int64_t extended_sequence = 0;  ///< starts anew when the stream restarts
  std::uint64_t lost_before = 0;       ///< packets missing directly before this one
  bool stream_restarted =
      false;  ///< the SSRC changed, or the sequence jumped: forget what was before
  mono_time received_at{};
  packet_end end = packet_end::as_framed;
};

/// Sequence and loss accounting, jitter, SSRC changes (RFC 3550 appendix A.1, A.3, A.8).
///
/// Loss: `statistics().packets_lost` counts the packets that were not there in time and never
/// goes down; a late one is counted in `packets_late` besides. Receiver reports follow the RFC:
/// there a late packet makes up for a lost one.
///
/// A jump of the sequence is believed when the packet after it follows on; the first packet of
/// the new sequence is given up for that (`lost_before` of the second is 1), so that one stray
/// packet harms nothing.
///
/// A new SSRC is believed at once if it is the expected one. Any other must send two packets in
/// sequence, the second after the current source has been silent for `ssrc_patience`: packets
/// that a stale session still sends to our port do not break the current stream. The expected
/// SSRC is a preference only, as cameras announce one in SETUP and send another.
class rtp_receiver {
 public:
  static constexpr std::chrono::milliseconds ssrc_patience{1000};

  /// `clock_rate` in Hz, 0 if unknown (jitter is then 0).
  explicit rtp_receiver(std::uint32_t clock_rate,
                        std::optional<std::uint32_t> expected_ssrc = std::nullopt)
      : clock_rate_{clock_rate}, expected_ssrc_{expected_ssrc} {}

  /// Takes packets in the order they are to be used (after the reorder buffer). Nothing for a
  /// duplicate, a packet older than one already used, one of a source or sequence that is not
  /// believed yet. `bytes` is the size of the packet, for the statistics.
  [[nodiscard]] std::optional<received_packet> accept(const rtp_packet& packet,
                                                      mono_time received_at, std::size_t bytes);

  [[nodiscard]] const source_statistics& statistics() const noexcept { return statistics_; }

  /// Packets of SSRCs that were not believed; not in `statistics()`.
  [[nodiscard]] std::uint64_t foreign_packets() const noexcept { return foreign_packets_; }

  /// What a receiver report says of this source (RFC 3550 section 6.4.1). Moves the interval of
  /// `fraction_lost` on. Nothing before the first packet.
  struct report {
    std::uint32_t ssrc = 0;
    std::uint8_t fraction_lost = 0;  ///< in 1/256
    std::int32_t cumulative_lost = 0;
    std::uint32_t highest_sequence = 0;
    std::uint32_t jitter = 0;  ///< in timestamp units
  };
  [[nodiscard]] std::optional<report> make_report();

 private:
  /// The source and sequence number that would confirm a change.
  struct candidate {
    std::uint32_t ssrc = 0;
    std::uint16_t next_sequence = 0;
  };

  /// What became of the packet before the first of a sequence.
  enum class announcement : unsigned char { none, given_up };

  [[nodiscard]] bool confirms_candidate(const rtp_packet& packet);
  [[nodiscard]] received_packet begin_sequence(const rtp_packet& packet, announcement announced,
                                               mono_time received_at);
  [[nodiscard]] received_packet advance(const rtp_packet& packet, int distance,
                                        mono_time received_at);
  void count_old(std::int64_t extended);
  void measure_jitter(std::uint32_t timestamp, mono_time received_at);

  std::uint32_t clock_rate_;
  std::optional<std::uint32_t> expected_ssrc_;
  source_statistics statistics_;
  std::uint64_t foreign_packets_ = 0;

  std::optional<std::uint32_t> ssrc_;
  std::optional<candidate> candidate_;
  mono_time last_heard_{};
  std::int64_t first_sequence_ = 0;
  std::int64_t highest_sequence_ = 0;
  std::bitset<128> seen_;  // by extended sequence modulo 128; covers max_sequence_misorder
  std::uint64_t received_ = 0;
  std::uint64_t expected_before_ = 0;
  std::uint64_t received_before_ = 0;
  double jitter_ = 0;  // timestamp units
  std::optional<std::uint32_t> last_transit_;
};

/// Puts UDP packets back in order: a packet is held until those before it came, until
/// `max_delay` has passed since it came, or until more than `max_packets` wait. Owns copies of
/// the bytes it holds and uses their memory again. An in-order packet passes without being
/// copied or delayed.
///
/// Duplicates and packets that come too late pass as well, for `rtp_receiver` to count. A jump
/// of the sequence or another SSRC delivers all that waits and begins anew; whether to believe
/// it is for the receiver to say. What is too short for an RTP header passes at once.
///
/// `deliver(std::span<const std::uint8_t> bytes, mono_time received_at)` must not call the
/// buffer; `bytes` is one RTP packet, valid during the call.
class reorder_buffer {
 public:
  reorder_buffer(std::chrono::milliseconds max_delay, std::size_t max_packets)
      : max_delay_{max_delay}, max_packets_{max_packets} {}

  /// Delivers each packet that is in order now.
  template <class Deliver>
  void push(std::span<const std::uint8_t> bytes, mono_time now, Deliver&& deliver) {
    switch (place(bytes)) {
      case placing::behind_jump:
        while (!waiting_.empty()) deliver_front(deliver);
        follow(bytes);
        deliver(bytes, now);
        return;
      case placing::passes:
        deliver(bytes, now);
        return;
      case placing::in_order:
        ++next_;
        deliver(bytes, now);
        break;
      case placing::early:
        hold(bytes, now);
        if (waiting_.size() > max_packets_) deliver_front(deliver);
        break;
    }
    while (front_is_due()) deliver_front(deliver);
  }

  /// Gives up on packets that were waited for too long and delivers what waits behind them.
  template <class Deliver>
  void expire(mono_time now, Deliver&& deliver) {
    for (auto count = overdue(now); count > 0; --count) deliver_front(deliver);
    while (front_is_due()) deliver_front(deliver);
  }

  /// When `expire` should be called; nothing while no packet waits.
  [[nodiscard]] std::optional<mono_time> deadline() const;

  /// Packets that came after a later one, but in time to be put before it.
  [[nodiscard]] std::uint64_t reordered() const noexcept { return reordered_; }

  /// Packets held now.
  [[nodiscard]] std::size_t waiting() const noexcept { return waiting_.size(); }

 private:
  enum class placing : unsigned char { in_order, early, passes, behind_jump };

  struct entry {
    std::int64_t sequence = 0;
    std::vector<std::uint8_t> bytes;
    mono_time received_at{};
  };

  [[nodiscard]] placing place(std::span<const std::uint8_t> bytes);
  void follow(std::span<const std::uint8_t> bytes);
  void hold(std::span<const std::uint8_t> bytes, mono_time now);
  [[nodiscard]] std::size_t overdue(mono_time now) const;
  [[nodiscard]] bool front_is_due() const {
    return !waiting_.empty() && waiting_.front().sequence <= next_;
  }
  void release(entry&& done);

  template <class Deliver>
  void deliver_front(Deliver& deliver) {
    auto front = std::move(waiting_.front());
    waiting_.pop_front();
    if (front.sequence >= next_) next_ = front.sequence + 1;
    deliver(std::span<const std::uint8_t>{front.bytes}, front.received_at);
    release(std::move(front));
  }

  std::chrono::milliseconds max_delay_;
  std::size_t max_packets_;
  std::optional<std::uint32_t> ssrc_;  // nothing before the first packet
  std::int64_t next_ = 0;              // the sequence number that is in order, extended
  std::deque<entry> waiting_;          // by sequence number, at most max_packets_
  std::vector<std::vector<std::uint8_t>> spare_;  // memory of packets that went
  std::uint64_t reordered_ = 0;
};

}  // namespace camherd::rtsp
