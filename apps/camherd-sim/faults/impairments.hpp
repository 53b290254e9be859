#pragma once

#include "apps/camherd-sim/faults/scripted_camera.hpp"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>

namespace camherd::faults {

/// Makes an impairment, the same for each connection: all chance comes from seeds.
using impairment_maker = std::function<impairment()>;

/// How often something befalls a packet.
struct chance {
  unsigned seed = 1;
  unsigned per_mille = 0;
};

/// Loses `length` packets in a row each time.
[[nodiscard]] impairment_maker losing(chance when, unsigned length = 1);

/// Loses every packet.
[[nodiscard]] impairment_maker losing_all();

/// Sends packets twice.
[[nodiscard]] impairment_maker doubling(chance when);

/// Sends packets after as many others as `places` says, one at a time.
[[nodiscard]] impairment_maker delaying(chance when, unsigned places);

/// One after the other.
[[nodiscard]] impairment_maker both(impairment_maker first, impairment_maker second);

/// Calls `change` with the number of each packet, from 0, and its bytes.
[[nodiscard]] impairment_maker rewriting(
    std::function<void(std::uint64_t number, byte_vector& packet)> change);

/// Sends what `extra` gives for the number of a packet before it.
[[nodiscard]] impairment_maker interspersing(
    std::function<std::vector<wire_piece>(std::uint64_t number, const byte_vector& packet)>
        extra);

/// Counts what goes into impairments and comes out of them. Any thread.
class harm_tally {
 public:
  /// Packets that went in and did not come out.
  [[nodiscard]] std::uint64_t withheld() const;

  /// Packets that came out and had not gone in.
  [[nodiscard]] std::uint64_t added() const;

  /// Packets that did not come out at once: later, behind others, or never.
  [[nodiscard]] std::uint64_t held_back() const;

  /// Packets that went in.
  [[nodiscard]] std::uint64_t seen() const;

  /// Wait for so many; false if they do not come within a minute.
  [[nodiscard]] bool wait_for_withheld(std::uint64_t packets) const;
  [[nodiscard]] bool wait_for_seen(std::uint64_t packets) const;

  void count(std::size_t out);

 private:
  [[nodiscard]] bool wait_until(const std::function<bool()>& holds) const;

  mutable std::mutex mutex_;  // over the counters
  mutable std::condition_variable changed_;
  std::uint64_t in_ = 0;
  std::uint64_t out_ = 0;
  std::uint64_t held_back_ = 0;
};

/// Counts in `tally`, which all that it makes share.
[[nodiscard]] impairment_maker counted(impairment_maker harm,
                                       std::shared_ptr<harm_tally> tally);

// Fields of an RTP packet (RFC 3550 section 5.1).
void set_marker(byte_vector& packet, bool marker);
[[nodiscard]] std::uint16_t sequence_of(const byte_vector& packet);
void set_sequence(byte_vector& packet, std::uint16_t sequence);
[[nodiscard]] std::uint32_t timestamp_of(const byte_vector& packet);
void set_timestamp(byte_vector& packet, std::uint32_t timestamp);
void set_ssrc(byte_vector& packet, std::uint32_t ssrc);

}  // namespace camherd::faults
