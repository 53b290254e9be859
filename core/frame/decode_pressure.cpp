#include "core/frame/decode_pressure.hpp"

#include <algorithm>

namespace camherd {
namespace {

using namespace std::chrono_literals;

constexpr int late_pictures = 3;  // in a row, so that a few pictures a second are not misjudged
constexpr auto standing = 3s;     // more than cameras take from keyframe to keyframe
constexpr auto relief = 10s;
constexpr auto window = 2s;
constexpr double busy_share = 0.9;

}  // namespace

void decode_pressure::join() {
  const std::lock_guard lock{mutex_};
  ++members_;
}

void decode_pressure::leave() {
  const std::lock_guard lock{mutex_};
  --members_;
}

void decode_pressure::waited(mono_time::duration wait, mono_time now) {
  const std::lock_guard lock{mutex_};
  if (wait <= on_time) {
    late_in_a_row_ = 0;
    return;
  }
  if (late_in_a_row_ == 0) first_late_ = now;
  late_in_a_row_ = std::min(late_in_a_row_ + 1, late_pictures);
  if (late_in_a_row_ == late_pictures && now - first_late_ >= standing)
    lasting_until_ = now + relief;
}

void decode_pressure::made_stale(mono_time now) {
  const std::lock_guard lock{mutex_};
  bursts_until_ = now + relief;
}

void decode_pressure::worked(mono_time::duration time, mono_time now) {
  const std::lock_guard lock{mutex_};
  busy_in_window_ += time;
  const auto passed = now - window_began_;
  if (passed < window) return;
  // What was dropped instead of being waited for does not show in how long the others waited.
  if (busy_in_window_ >= busy_share * workers_ * passed && now < lasting_until_)
    lasting_until_ = now + relief;
  window_began_ = now;
  busy_in_window_ = {};
}

void decode_pressure::used() {
  const std::lock_guard lock{mutex_};
  count(1);
}

void decode_pressure::dropped() {
  const std::lock_guard lock{mutex_};
  count(0);
}

void decode_pressure::count(double used) {
  share_ += (used - share_) /
            (share_memory * static_cast<double>(std::max<std::size_t>(1, members_)));
}

decode_pressure::level decode_pressure::current(mono_time now) const {
  const std::lock_guard lock{mutex_};
  if (now < lasting_until_) return level::lasting;
  return now < bursts_until_ ? level::bursts : level::none;
}

double decode_pressure::share() const {
  const std::lock_guard lock{mutex_};
  return share_;
}

}  // namespace camherd
