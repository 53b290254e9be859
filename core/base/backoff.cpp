#include "core/base/backoff.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace camherd {

restart_planner::restart_planner(restart_policy policy, std::function<double()> random)
    : policy_{policy}, random_{std::move(random)}, next_delay_{policy.initial_delay} {}

void restart_planner::streaming(mono_time now) {
  if (!streaming_since_) streaming_since_ = now;
}

restart_decision restart_planner::failed(mono_time now, failure_severity severity) {
  const auto good_since = std::exchange(streaming_since_, std::nullopt);
  if (good_since && now - *good_since >= policy_.reset_after) reset();

  if (severity == failure_severity::refused) return {with_jitter(policy_.slow_delay), true};

  while (!failures_.empty() && now - failures_.front() > policy_.budget_window)
    failures_.pop_front();
  failures_.push_back(now);
  if (failures_.size() > policy_.budget) failures_.pop_front();
  if (failures_.size() >= policy_.budget) return {with_jitter(policy_.slow_delay), true};

  const auto delay = next_delay_;
  next_delay_ = std::min(2 * next_delay_, policy_.max_delay);
  return {with_jitter(delay), false};
}

void restart_planner::reset() {
  next_delay_ = policy_.initial_delay;
  streaming_since_.reset();
  failures_.clear();
}

std::chrono::milliseconds restart_planner::with_jitter(std::chrono::milliseconds delay) {
  const double factor = 1.0 + policy_.jitter * (2.0 * random_() - 1.0);
  return std::chrono::milliseconds{
      static_cast<std::chrono::milliseconds::rep>(static_cast<double>(delay.count()) * factor)};
}

token_bucket::token_bucket(double per_second, double burst, mono_time now)
    : per_second_{per_second}, burst_{burst}, tokens_{burst}, updated_{now} {
  assert(per_second > 0 && burst >= 1);
}

std::chrono::nanoseconds token_bucket::take(mono_time now) {
  const auto elapsed = std::chrono::duration<double>(now - updated_).count();
  tokens_ = std::min(burst_, tokens_ + std::max(0.0, elapsed) * per_second_);
  updated_ = now;
  if (tokens_ >= 1.0) {
    tokens_ -= 1.0;
    return std::chrono::nanoseconds::zero();
  }
  const std::chrono::duration<double> wait{(1.0 - tokens_) / per_second_};
  return std::chrono::duration_cast<std::chrono::nanoseconds>(wait) +
         std::chrono::microseconds{1};
}

void token_bucket::give_back() {
  tokens_ = std::min(burst_, tokens_ + 1.0);
}

}  // namespace camherd
