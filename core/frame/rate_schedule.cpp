#include "core/frame/rate_schedule.hpp"

#include <algorithm>

namespace camherd {

void rate_schedule::set_rate(double max_fps) {
  max_fps_ = max_fps;
  next_turn_.reset();
}

void rate_schedule::note(mono_time at) {
  if (last_frame_ && at > *last_frame_) {
    // Long pauses say nothing about the frame rate.
    const auto interval = std::min<seconds>(at - *last_frame_, seconds{2});
    frame_interval_ =
        frame_interval_ == seconds{0} ? interval : 0.9 * frame_interval_ + 0.1 * interval;
  }
  last_frame_ = at;
}

bool rate_schedule::due(mono_time at) const {
  return max_fps_ <= 0 || !next_turn_ || at + tolerance() >= *next_turn_;
}

void rate_schedule::taken(mono_time at) {
  if (max_fps_ <= 0) return;
  const auto period = std::chrono::duration_cast<mono_time::duration>(seconds{1.0 / max_fps_});
  next_turn_ = next_turn_.value_or(at) + period;
  if (*next_turn_ <= at) next_turn_ = at + period;
}

}  // namespace camherd
