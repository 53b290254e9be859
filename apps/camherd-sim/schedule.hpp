#pragma once

#include "apps/camherd-sim/options.hpp"
#include "core/base/clock.hpp"

#include <chrono>
#include <cstddef>
#include <vector>

namespace camherd::sim {

/// When the pictures of a loop are sent, from the beginning of the loop.
struct loop_timing {
  std::vector<std::chrono::nanoseconds> send_at;  ///< ascending, first is 0, never empty
  std::chrono::nanoseconds duration{0};           ///< until the loop begins again; positive
  std::size_t gop = 1;  ///< pictures between keyframes where that is constant, else 1
};

/// Where a camera begins.
struct camera_phase {
  std::size_t first_picture = 0;
  std::chrono::nanoseconds delay{0};  ///< of its sending within the picture interval
};

/// Staggered cameras are spread over the whole loop, over the places within a GOP and over the
/// interval between two pictures, so that keyframes come one by one.
[[nodiscard]] camera_phase phase_of(std::size_t camera, std::size_t cameras,
                                    const loop_timing& timing, phase_plan plan);

/// The place of one camera in its endless loop: which picture is next, and when. Absolute, so
/// that no error adds up.
class play_head {
 public:
  play_head(const loop_timing& timing, camera_phase phase, mono_time start);

  [[nodiscard]] std::size_t next() const noexcept { return next_; }
  [[nodiscard]] mono_time due() const noexcept;  ///< of the next picture

  /// The picture before the next one, and when it was due.
  [[nodiscard]] std::size_t previous() const noexcept;
  [[nodiscard]] mono_time previous_due() const noexcept;

  /// The next picture was sent.
  void advance() noexcept;

  /// The next picture stays the next one, an interval later.
  void hold() noexcept;

  /// Moves the time line by whole intervals so that the next picture is not overdue by more
  /// than one: after a pause of the process the camera goes on where it stood, without a burst.
  void catch_up(mono_time now) noexcept;

 private:
  [[nodiscard]] std::chrono::nanoseconds interval_before_next() const noexcept;

  const loop_timing* timing_;  // outlives this
  std::size_t next_;
  mono_time loop_start_;  // when picture 0 of the present round is due
};

}  // namespace camherd::sim
