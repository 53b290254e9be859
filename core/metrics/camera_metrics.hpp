#pragma once

#include "core/base/clock.hpp"
#include "core/base/latency_histogram.hpp"
#include "core/base/names.hpp"
#include "core/base/source.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>

namespace camherd {

/// What a camera had in hand when it last looked, once a second.
struct camera_load {
  std::size_t queued_units = 0;  ///< access units in its mailbox
  std::size_t slots = 0;         ///< for pictures; none while nothing is decoded
  std::size_t slots_in_use = 0;

  friend bool operator==(const camera_load&, const camera_load&) = default;
};

/// What is counted of one camera beside the fate of its access units.
struct camera_counts {
  std::uint64_t published = 0;  ///< frames handed to consumers
  std::uint64_t decode_errors = 0;
  std::uint64_t sessions = 0;  ///< opened with success
  std::array<std::uint64_t, restart_cause_count> restarts{};
  source_statistics transport;  ///< over all sessions; jitter of the last
  latency_histogram receive_to_decoded;
  latency_histogram receive_to_published;
  std::chrono::nanoseconds decode_cpu{};   ///< processor time spent in the decoder
  std::optional<mono_time> first_frame;    ///< decoded
  std::optional<mono_time> last_frame;     ///< decoded
  std::optional<mono_time> last_picture;   ///< when the last published frame was received
  std::optional<mono_time> last_keyframe;  ///< received, decoded or not
  camera_load load;

  [[nodiscard]] std::uint64_t restarts_total() const noexcept;
};

/// Counters of one camera. Lives as long as the camera is wanted, over sessions and crashes.
/// Any thread: its mutex keeps the values consistent with each other.
class camera_metrics {
 public:
  void decoded(mono_time received_at, mono_time decoded_at);
  void published(mono_time received_at, mono_time published_at);
  void keyframe_received(mono_time at);
  void decoder_used(std::chrono::nanoseconds cpu_time);
  void decode_error();
  void session_opened();
  void restarted(restart_cause cause);

  /// Sets what the running session has counted so far; `end_session` adds it to the total for
  /// good.
  void session_statistics(const source_statistics& running);
  void end_session();

  void set_load(const camera_load& load);

  [[nodiscard]] camera_counts counts() const;

 private:
  mutable std::mutex mutex_;
  camera_counts counts_;       // transport: of ended sessions
  source_statistics running_;  // of the session that is open
};

}  // namespace camherd
