#pragma once

#include "core/base/clock.hpp"

#include <chrono>
#include <optional>

namespace camherd {

/// Which frames of a stream to take for a frame rate below the stream's: those whose turn on an
/// even schedule has come. A frame counts as due up to half a frame's time before its turn, so
/// that jitter does not cost a whole interval, and a stream that was late is not made up for.
/// Times are those of arrival. One thread at a time.
class rate_schedule {
 public:
  using seconds = std::chrono::duration<double>;

  /// `max_fps`: frames a second to take; 0: all.
  explicit rate_schedule(double max_fps) : max_fps_{max_fps} {}

  /// Starts a new schedule, whose first turn is at once. What was learned of the stream stays.
  void set_rate(double max_fps);

  /// A frame passed at `at`, due or not, taken or not: the time between frames is learned.
  void note(mono_time at);

  [[nodiscard]] bool due(mono_time at) const;

  /// The frame that passed at `at` was taken: the next turn comes a period later.
  void taken(mono_time at);

  /// The next turn; nothing before the first frame was taken and while all are.
  [[nodiscard]] std::optional<mono_time> next_turn() const noexcept { return next_turn_; }

  /// The learned time between two frames of the stream, smoothed; 0 while unknown.
  [[nodiscard]] seconds frame_interval() const noexcept { return frame_interval_; }

  /// How much before its turn a frame counts as due.
  [[nodiscard]] seconds tolerance() const noexcept { return frame_interval_ / 2; }

 private:
  double max_fps_;
  std::optional<mono_time> next_turn_;
  std::optional<mono_time> last_frame_;
  seconds frame_interval_{0};
};

}  // namespace camherd
