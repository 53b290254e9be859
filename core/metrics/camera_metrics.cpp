#include "core/metrics/camera_metrics.hpp"

#include <numeric>

namespace camherd {
std::uint64_t camera_counts::restarts_total() const noexcept {
  return std::accumulate(restarts.begin(), restarts.end(), std::uint64_t{0});
}

void camera_metrics::decoded(mono_time received_at, mono_time decoded_at) {
  const std::lock_guard lock{mutex_};
  counts_.receive_to_decoded.record(decoded_at - received_at);
  if (!counts_.first_frame) counts_.first_frame = decoded_at;
  counts_.last_frame = decoded_at;
}

void camera_metrics::published(mono_time received_at, mono_time published_at) {
  const std::lock_guard lock{mutex_};
  ++counts_.published;
  counts_.receive_to_published.record(published_at - received_at);
  counts_.last_picture = received_at;
}

void camera_metrics::keyframe_received(mono_time at) {
  const std::lock_guard lock{mutex_};
  counts_.last_keyframe = at;
}

void camera_metrics::decoder_used(std::chrono::nanoseconds cpu_time) {
  const std::lock_guard lock{mutex_};
  counts_.decode_cpu += cpu_time;
}

void camera_metrics::set_load(const camera_load& load) {
  const std::lock_guard lock{mutex_};
  counts_.load = load;
}

void camera_metrics::decode_error() {
  const std::lock_guard lock{mutex_};
  ++counts_.decode_errors;
}

void camera_metrics::session_opened() {
  const std::lock_guard lock{mutex_};
  ++counts_.sessions;
}

void camera_metrics::restarted(restart_cause cause) {
  const std::lock_guard lock{mutex_};
  ++counts_.restarts[static_cast<std::size_t>(cause)];
}

void camera_metrics::session_statistics(const source_statistics& running) {
  const std::lock_guard lock{mutex_};
  running_ = running;
}

void camera_metrics::end_session() {
  const std::lock_guard lock{mutex_};
  counts_.transport = sum_of(counts_.transport, running_);
  running_ = {};
}

camera_counts camera_metrics::counts() const {
  const std::lock_guard lock{mutex_};
  auto counts = counts_;
  counts.transport = sum_of(counts_.transport, running_);
  return counts;
}

}  // namespace camherd
