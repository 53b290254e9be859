#include "core/frame/idle_buffer.hpp"

#include <utility>

namespace camherd {

idle_buffer::idle_buffer(std::size_t max_bytes, std::shared_ptr<flow_ledger> ledger)
    : max_bytes_{max_bytes}, ledger_{std::move(ledger)} {}

idle_buffer::~idle_buffer() {
  clear(drop_reason::stale);
}

bool idle_buffer::keep(kept_unit kept) {
  if (kept.unit.keyframe) replace();
  bytes_ += kept.unit.payload.size();
  // Units are assembled with room for a larger picture, which the bound does not count.
  kept.unit.payload.give_back_room();
  units_.push_back(std::move(kept));
  if (bytes_ <= max_bytes_) return true;
  clear(drop_reason::queue_overflow);
  return false;
}

std::optional<kept_unit> idle_buffer::take() {
  if (units_.empty()) return std::nullopt;
  std::optional<kept_unit> kept{std::move(units_.front())};
  units_.pop_front();
  bytes_ -= kept->unit.payload.size();
  return kept;
}

void idle_buffer::drop_unneeded(drop_reason reason, std::size_t spared) {
  std::deque<kept_unit> needed;
  for (auto left = units_.size(); auto& kept : units_) {
    if (left-- <= spared || kept.unit.reference || kept.unit.keyframe) {
      needed.push_back(std::move(kept));
    } else {
      bytes_ -= kept.unit.payload.size();
      ledger_->dropped(reason);
    }
  }
  units_ = std::move(needed);
}

void idle_buffer::replace() {
  for (const auto& kept : units_) ledger_->dropped(kept.reason);
  units_.clear();
  bytes_ = 0;
}

void idle_buffer::clear(drop_reason reason) {
  ledger_->dropped(reason, units_.size());
  units_.clear();
  bytes_ = 0;
}

}  // namespace camherd
