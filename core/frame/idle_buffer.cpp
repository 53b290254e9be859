#include "core/frame/idle_buffer.hpp"

#include <utility>

namespace camherd {

idle_buffer::idle_buffer(std::size_t max_bytes, std::shared_ptr<flow_ledger> ledger)
    : max_bytes_{max_bytes}, ledger_{std::move(ledger)} {}

idle_buffer::~idle_buffer() {
  clear(drop_reason::stale);
}

bool idle_buffer::keep(access_unit unit) {
  if (unit.keyframe) clear(drop_reason::rate_limit);
  bytes_ += unit.payload.size();
  units_.push_back(std::move(unit));
  if (bytes_ <= max_bytes_) return true;
  clear(drop_reason::queue_overflow);
  return false;
}

std::optional<access_unit> idle_buffer::take() {
  if (units_.empty()) return std::nullopt;
  std::optional<access_unit> unit{std::move(units_.front())};
  units_.pop_front();
  bytes_ -= unit->payload.size();
  return unit;
}

void idle_buffer::clear(drop_reason reason) {
  ledger_->dropped(reason, units_.size());
  units_.clear();
  bytes_ = 0;
}

}  // namespace camherd
