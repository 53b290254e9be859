#include "core/media/ffmpeg/unit_ledger.hpp"

namespace camherd::ffmpeg {

unit_record& unit_ledger::enter(const access_unit& unit, slice_kind slice) {
  unit_record record;
  record.key = next_key_++;
  record.sequence = unit.sequence;
  record.rtp_time = unit.rtp_time;
  record.clock_rate = unit.clock_rate;
  record.received_at = unit.received_at;
  record.captured_at = unit.captured_at;
  record.keyframe = unit.keyframe;
  record.reference = unit.reference;
  record.after_gap = unit.after_gap;
  record.corrupt = unit.corrupt;
  record.slice = slice;
  ++waiting_;
  return units_.emplace_back(record);
}

unit_record* unit_ledger::find_waiting(std::int64_t key) noexcept {
  if (units_.empty() || key < units_.front().key || key > units_.back().key) return nullptr;
  auto& unit = units_[static_cast<std::size_t>(key - units_.front().key)];
  return unit.fate == unit_record::state::waiting ? &unit : nullptr;
}

void unit_ledger::framed(unit_record& unit, unit_record::state fate) noexcept {
  unit.fate = fate;
  --waiting_;
}

void unit_ledger::discard(unit_record& unit, drop_reason reason, decode_listener& listener) {
  unit.fate = unit_record::state::settled;
  --waiting_;
  listener.on_discarded(unit.sequence, reason);
}

losses unit_ledger::settle(std::size_t most, decode_listener& listener) {
  auto lost = settle_before(next_key_ - longest_wait, listener);
  for (auto& unit : units_) {
    if (waiting_ <= most) break;
    if (unit.fate == unit_record::state::waiting) lost |= give_up(unit, listener);
  }
  forget_settled();
  return lost;
}

losses unit_ledger::settle_before(std::int64_t key, decode_listener& listener) {
  losses lost;
  for (auto& unit : units_) {
    if (unit.key >= key) break;
    if (unit.fate == unit_record::state::waiting) lost |= give_up(unit, listener);
  }
  return lost;
}

losses unit_ledger::settle_all(decode_listener& listener) {
  const auto lost = settle_before(next_key_, listener);
  units_.clear();
  return lost;
}

bool unit_ledger::is_second_field(const unit_record& unit) const noexcept {
  if (unit.key == units_.front().key) return false;
  const auto& before = units_[static_cast<std::size_t>(unit.key - units_.front().key - 1)];
  return before.fate == unit_record::state::gave_interlaced_frame;
}

losses unit_ledger::give_up(unit_record& unit, decode_listener& listener) {
  if (unit.slice == slice_kind::none || is_second_field(unit)) {
    unit.fate = unit_record::state::settled;
    --waiting_;
    listener.on_merged(unit.sequence);
    return {};
  }
  // Only other leading pictures are predicted from a leading picture.
  const bool leading = unit.slice == slice_kind::leading;
  discard(unit, leading ? drop_reason::awaiting_keyframe : drop_reason::corrupt, listener);
  return {true, unit.reference && !leading};
}

void unit_ledger::forget_settled() {
  // The newest unit stays even if settled: the next one may be its second field.
  while (units_.size() > 1 && units_.front().fate != unit_record::state::waiting) {
    const bool needed = units_.front().fate == unit_record::state::gave_interlaced_frame &&
                        units_[1].fate == unit_record::state::waiting;
    if (needed) break;
    units_.pop_front();
  }
}

}  // namespace camherd::ffmpeg
