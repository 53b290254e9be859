#pragma once

#include "core/base/clock.hpp"
#include "core/base/names.hpp"
#include "core/base/source.hpp"
#include "core/metrics/latency_histogram.hpp"

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>

namespace camherd {

/// What is counted of one camera beside the fate of its access units.
struct camera_counts {
  std::uint64_t published = 0;  ///< frames handed to consumers
  std::uint64_t decode_errors = 0;
  std::uint64_t sessions = 0;  ///< opened with success
  std::array<std::uint64_t, restart_cause_count> restarts{};
  source_statistics transport;  ///< over all sessions; jitter of the last
  latency_histogram receive_to_decoded;
  std::optional<mono_time> first_frame;
  std::optional<mono_time> last_frame;

  [[nodiscard]] std::uint64_t restarts_total() const noexcept;
};

/// Counters of one camera. Lives as long as the camera is wanted, over sessions and crashes.
/// Any thread: its mutex keeps the values consistent with each other.
class camera_metrics {
 public:
  void decoded(mono_time received_at, mono_time decoded_at);
  void published();
  void decode_error();
  void session_opened();
  void restarted(restart_cause cause);

  /// Sets what the running session has counted so far; `end_session` adds it to the total for
  /// good.
  void session_statistics(const source_statistics& running);
  void end_session();

  [[nodiscard]] camera_counts counts() const;

 private:
  mutable std::mutex mutex_;
  camera_counts counts_;       // transport: of ended sessions
  source_statistics running_;  // of the session that is open
};

}  // namespace camherd
