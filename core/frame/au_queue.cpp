#include "core/frame/au_queue.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace camherd {

au_queue::au_queue(au_queue_limits limits, std::shared_ptr<flow_ledger> ledger)
    : limits_{limits}, ledger_{std::move(ledger)} {
  assert(limits_.max_units > 0);
}

au_queue::~au_queue() {
  clear(drop_reason::stale);
}

bool au_queue::push(access_unit unit) {
  const std::lock_guard lock{mutex_};
  ledger_->received();
  if (awaiting_keyframe_ && !unit.keyframe) {
    ledger_->dropped(drop_reason::awaiting_keyframe);
    return false;
  }
  if (units_.size() >= limits_.max_units) make_room(unit);
  if (units_.size() >= limits_.max_units) {
    ledger_->dropped(drop_reason::queue_overflow);
    awaiting_keyframe_ = unit.reference;
    return false;
  }
  awaiting_keyframe_ = false;
  units_.push_back(std::move(unit));
  return std::exchange(armed_, false);
}

std::optional<access_unit> au_queue::pop(mono_time now) {
  const std::lock_guard lock{mutex_};
  drop_stale(now);
  if (units_.empty()) {
    armed_ = true;
    return std::nullopt;
  }
  std::optional<access_unit> unit{std::move(units_.front())};
  units_.pop_front();
  return unit;
}

bool au_queue::rest() {
  const std::lock_guard lock{mutex_};
  armed_ = armed_ || units_.empty();
  return units_.empty();
}

std::size_t au_queue::size() const {
  const std::lock_guard lock{mutex_};
  return units_.size();
}

void au_queue::clear(drop_reason reason) {
  const std::lock_guard lock{mutex_};
  drop_front(units_.size(), reason);
  awaiting_keyframe_ = false;
}

// Leaves the queue full when nothing queued is worth less than the incoming unit.
void au_queue::make_room(const access_unit& incoming) {
  const auto disposable =
      std::find_if(units_.begin(), units_.end(),
                   [](const access_unit& unit) { return !unit.reference && !unit.keyframe; });
  if (disposable != units_.end()) {
    units_.erase(disposable);
    ledger_->dropped(drop_reason::queue_overflow);
  } else if (incoming.keyframe) {
    drop_front(units_.size(), drop_reason::queue_overflow);
  } else if (incoming.reference) {
    if (const auto keyframe = find_keyframe(1))
      drop_front(*keyframe, drop_reason::queue_overflow);
  }
}

void au_queue::drop_front(std::size_t count, drop_reason reason) {
  if (count == 0) return;
  units_.erase(units_.begin(), units_.begin() + static_cast<std::ptrdiff_t>(count));
  ledger_->dropped(reason, count);
}

// A stale unit that others need takes with it everything up to the next keyframe.
void au_queue::drop_stale(mono_time now) {
  while (!units_.empty() && now - units_.front().received_at > limits_.max_age) {
    const bool needed = units_.front().reference;
    drop_front(1, drop_reason::stale);
    if (!needed) continue;
    const auto keyframe = find_keyframe(0);
    drop_front(keyframe.value_or(units_.size()), drop_reason::awaiting_keyframe);
    awaiting_keyframe_ = !keyframe;
  }
}

std::optional<std::size_t> au_queue::find_keyframe(std::size_t from) const {
  for (auto i = from; i < units_.size(); ++i) {
    if (units_[i].keyframe) return i;
  }
  return std::nullopt;
}

}  // namespace camherd
