#include "core/frame/au_queue.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace camherd {
namespace {

constexpr int most_ways_given = 3;

/// No other unit needs it.
bool is_disposable(const access_unit& unit) noexcept {
  return !unit.reference && !unit.keyframe;
}

}  // namespace

au_queue::au_queue(au_queue_limits limits, std::shared_ptr<flow_ledger> ledger,
                   std::shared_ptr<decode_pressure> pressure)
    : limits_{limits}, ledger_{std::move(ledger)}, pressure_{std::move(pressure)} {
  assert(limits_.max_units > 0);
  pressure_->join();
}

au_queue::~au_queue() {
  clear(drop_reason::stale);
  pressure_->leave();
}

bool au_queue::push(access_unit unit) {
  const std::lock_guard lock{mutex_};
  ledger_->received();
  if (awaiting_keyframe_ && !unit.keyframe) {
    drop(drop_reason::awaiting_keyframe);
    return false;
  }
  if (units_.size() >= limits_.max_units) make_room(unit);
  if (units_.size() >= limits_.max_units) {
    drop(drop_reason::queue_overflow);
    awaiting_keyframe_ = broken_ = unit.reference;
    return false;
  }
  awaiting_keyframe_ = false;
  unit.after_undecoded = unit.keyframe && std::exchange(broken_, false);
  units_.push_back(std::move(unit));
  return std::exchange(armed_, false);
}

std::optional<access_unit> au_queue::pop(mono_time now, unit_use use) {
  const std::lock_guard lock{mutex_};
  auto max_age = limits_.max_age;
  if (use == unit_use::decoding && !units_.empty()) {
    pressure_->waited(now - units_.front().received_at, now);
    if (pressure_->current(now) == decode_pressure::level::lasting)
      max_age = std::min(max_age, max_age_under_overload);
  }
  drop_stale(now, max_age);
  if (units_.empty()) {
    armed_ = true;
    return std::nullopt;
  }
  std::optional<access_unit> unit{std::move(units_.front())};
  units_.pop_front();
  ways_given_ = 0;
  if (use == unit_use::decoding) {
    share_in(1);
    pressure_->used();
  }
  return unit;
}

// Who had half of the common share goes first; from there on everybody waits for the queue of
// all cameras once, twice or three times. So keyframes come to the workers in the order of who
// needs them most, and what is too old in the end is that of who had most.
bool au_queue::gives_way(mono_time now) {
  const std::lock_guard lock{mutex_};
  if (units_.empty() || !units_.front().keyframe || ways_given_ >= most_ways_given ||
      pressure_->current(now) == decode_pressure::level::none ||
      2 * share_ < (ways_given_ + 1) * pressure_->share()) {
    return false;
  }
  ++ways_given_;
  return true;
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
  ledger_->dropped(reason, units_.size());
  units_.clear();
  ways_given_ = 0;
  awaiting_keyframe_ = false;
  broken_ = true;
}

// Leaves the queue full when nothing queued is worth less than the incoming unit.
void au_queue::make_room(const access_unit& incoming) {
  const auto disposable = std::find_if(units_.begin(), units_.end(), is_disposable);
  if (disposable != units_.end()) {
    units_.erase(disposable);
    drop(drop_reason::queue_overflow);
  } else if (incoming.keyframe) {
    drop_front(units_.size(), drop_reason::queue_overflow);
  } else if (incoming.reference) {
    if (const auto keyframe = find_keyframe(1))
      drop_front(*keyframe, drop_reason::queue_overflow);
  }
}

void au_queue::drop(drop_reason reason, std::size_t count) {
  ledger_->dropped(reason, count);
  for (; count > 0; --count) {
    share_in(0);
    pressure_->dropped();
  }
}

void au_queue::drop_front(std::size_t count, drop_reason reason) {
  if (count == 0) return;
  const auto end = units_.begin() + static_cast<std::ptrdiff_t>(count);
  const bool needed = !std::all_of(units_.begin(), end, is_disposable);
  units_.erase(units_.begin(), end);
  ways_given_ = 0;
  drop(reason, count);
  if (!needed) return;
  if (const auto keyframe = find_keyframe(0)) {
    units_[*keyframe].after_undecoded = true;
  } else {
    broken_ = true;
  }
}

// A stale unit that others need takes with it everything up to the next keyframe.
void au_queue::drop_stale(mono_time now, mono_time::duration max_age) {
  while (!units_.empty() && now - units_.front().received_at > max_age) {
    pressure_->made_stale(now);
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
