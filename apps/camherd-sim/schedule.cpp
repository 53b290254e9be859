#include "apps/camherd-sim/schedule.hpp"

#include <algorithm>

namespace camherd::sim {

using std::chrono::nanoseconds;

camera_phase phase_of(std::size_t camera, std::size_t cameras, const loop_timing& timing,
                      phase_plan plan) {
  if (plan == phase_plan::together) return {};
  const std::size_t pictures = timing.send_at.size();
  const std::size_t gops = pictures / timing.gop;
  const std::size_t gop = camera * gops / cameras % gops;
  const nanoseconds mean_interval = timing.duration / pictures;
  return {gop * timing.gop + camera % timing.gop,
          mean_interval * camera / static_cast<nanoseconds::rep>(cameras)};
}

play_head::play_head(const loop_timing& timing, camera_phase phase, mono_time start)
    : timing_{&timing},
      next_{phase.first_picture},
      loop_start_{start + phase.delay - timing.send_at[phase.first_picture]} {}

mono_time play_head::due() const noexcept {
  return loop_start_ + timing_->send_at[next_];
}

std::size_t play_head::previous() const noexcept {
  return (next_ == 0 ? timing_->send_at.size() : next_) - 1;
}

nanoseconds play_head::interval_before_next() const noexcept {
  const nanoseconds before = timing_->send_at[previous()];
  return next_ == 0 ? timing_->duration - before : timing_->send_at[next_] - before;
}

mono_time play_head::previous_due() const noexcept {
  return due() - interval_before_next();
}

void play_head::advance() noexcept {
  if (++next_ == timing_->send_at.size()) {
    next_ = 0;
    loop_start_ += timing_->duration;
  }
}

void play_head::hold() noexcept {
  // Clips may give two pictures the same time; standing still must take time all the same.
  const nanoseconds mean =
      timing_->duration / static_cast<nanoseconds::rep>(timing_->send_at.size());
  loop_start_ += std::max(interval_before_next(), mean);
}

void play_head::catch_up(mono_time now) noexcept {
  const nanoseconds mean =
      timing_->duration / static_cast<nanoseconds::rep>(timing_->send_at.size());
  const nanoseconds late = now - due();
  if (late > mean) loop_start_ += late / mean * mean;
}

}  // namespace camherd::sim
