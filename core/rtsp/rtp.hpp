#pragma once

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/base/source.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace camherd::rtsp {

/// An RTP packet (RFC 3550 section 5.1). `payload` points into the buffer that was parsed,
/// without CSRC list, header extension and padding.
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

  /// The extended value nearest to the last one; the first is returned as it is.
  [[nodiscard]] std::int64_t unwrap(std::uint32_t value);

  void reset() { last_.reset(); }

 private:
  unsigned bits_;
  std::optional<std::int64_t> last_;
};

/// A packet with what the receiver knows about its place in the stream.
struct received_packet {
  rtp_packet packet;
  std::int64_t extended_sequence = 0;
  std::uint64_t lost_before = 0;  ///< packets missing directly before this one
  bool stream_restarted =
      false;  ///< the SSRC changed, or the sequence jumped: forget what was before
  mono_time received_at{};
};

/// Sequence and loss accounting, jitter, SSRC changes (RFC 3550 appendix A.1, A.3, A.8).
class rtp_receiver {
 public:
  explicit rtp_receiver(std::uint32_t clock_rate) : clock_rate_{clock_rate} {}

  /// Takes packets in the order they are to be used (after the reorder buffer). Nothing for a
  /// duplicate or a packet older than one already used.
  [[nodiscard]] std::optional<received_packet> accept(const rtp_packet& packet,
                                                      mono_time received_at, std::size_t bytes);

  [[nodiscard]] const source_statistics& statistics() const noexcept { return statistics_; }

  /// What a receiver report says of this source (RFC 3550 section 6.4.1). Moves the interval of
  /// `fraction_lost` on.
  struct report {
    std::uint32_t ssrc = 0;
    std::uint8_t fraction_lost = 0;  ///< in 1/256
    std::int32_t cumulative_lost = 0;
    std::uint32_t highest_sequence = 0;
    std::uint32_t jitter = 0;  ///< in timestamp units
  };
  [[nodiscard]] std::optional<report> make_report();

 private:
  std::uint32_t clock_rate_;
  source_statistics statistics_;
  std::optional<std::uint32_t> ssrc_;
  std::optional<std::int64_t> first_sequence_;
  std::int64_t highest_sequence_ = 0;
  std::uint64_t received_ = 0;
  std::uint64_t expected_before_ = 0;
  std::uint64_t received_before_ = 0;
  double jitter_ = 0;  // timestamp units
  std::optional<double> last_transit_;
};

/// Puts UDP packets back in order: a packet is held until those before it came, until
/// `max_delay` has passed since it came, or until more than `max_packets` wait. Owns copies of
/// the bytes it holds. An in-order packet passes without being copied or delayed.
class reorder_buffer {
 public:
  reorder_buffer(std::chrono::milliseconds max_delay, std::size_t max_packets);

  struct entry {
    std::vector<std::uint8_t> bytes;
    mono_time received_at{};
  };

  /// Calls `deliver(bytes, received_at)` for each packet that is in order now. `bytes` is one
  /// RTP packet.
  template <class Deliver>
  void push(std::span<const std::uint8_t> bytes, mono_time now, Deliver&& deliver);

  /// Gives up on packets that were waited for too long and delivers what waits behind them.
  template <class Deliver>
  void expire(mono_time now, Deliver&& deliver);

  /// When `expire` should be called; nothing while no packet waits.
  [[nodiscard]] std::optional<mono_time> deadline() const;

  [[nodiscard]] std::uint64_t reordered() const noexcept { return reordered_; }

 private:
  std::chrono::milliseconds max_delay_;
  std::size_t max_packets_;
  unwrapper sequence_{16};
  std::optional<std::int64_t> next_;
  std::map<std::int64_t, entry> waiting_;
  std::uint64_t reordered_ = 0;
};

}  // namespace camherd::rtsp
