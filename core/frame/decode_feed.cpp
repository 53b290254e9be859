#include "core/frame/decode_feed.hpp"

#include <cassert>
#include <utility>

namespace camherd {

decode_feed::decode_feed(damage_policy damage, std::size_t max_kept_bytes,
                         std::shared_ptr<flow_ledger> ledger)
    : max_kept_bytes_{max_kept_bytes},
      ledger_{std::move(ledger)},
      plan_{damage},
      kept_{max_kept_bytes, ledger_} {}

void decode_feed::set_demand(const demand& wanted) {
  const auto before = plan_.wanted();
  plan_.set_demand(wanted);
  if (wanted.level == decode_level::nothing ||
      (wanted.level == decode_level::keyframes && goal_ == goal::newest)) {
    goal_ = goal::none;
  }
  if (kept_.empty() || !asks_for_more(before, wanted)) return;
  if (wanted.level != decode_level::keyframes) {
    begin(goal::newest);
  } else if (kept_.begins_with_keyframe()) {
    begin(goal::keyframe);
  }
}

void decode_feed::begin(goal g) {
  goal_ = g;
  if (g != goal::newest) return;
  if (plan_.wanted().level == decode_level::references) {
    kept_.drop_unneeded(drop_reason::not_reference, 0);
  } else {
    kept_.drop_unneeded(drop_reason::rate_limit, 1);
  }
  may_join_ = kept_.size();
  if (!kept_.empty()) return;
  goal_ = goal::none;
  plan_.caught_up();
}

bool decode_feed::takes_more() const noexcept {
  switch (goal_) {
    case goal::none:
      return true;
    case goal::keyframe:
      return false;
    case goal::newest:
      return may_join_ > 0 && kept_.bytes() <= max_kept_bytes_ / 2;
  }
  return true;
}

unit_fate decode_feed::offer(access_unit unit) {
  assert(!offered_);
  if (may_join_ > 0) --may_join_;
  const auto verdict = plan_.judge(unit);
  unit.after_undecoded |= verdict.after_undecoded;
  switch (verdict.action) {
    case decode_action::drop:
      ledger_->dropped(verdict.reason);
      return unit_fate::dropped;
    case decode_action::decode:
      assert(kept_.empty() || unit.keyframe);
      kept_.replace();
      goal_ = goal::none;
      offered_ = {std::move(unit), verdict.publish, verdict.damaged};
      return unit_fate::to_decode;
    case decode_action::keep:
      break;
  }
  if (kept_.keep({std::move(unit), verdict.reason, verdict.damaged})) return unit_fate::kept;
  plan_.lost_kept(goal_ == goal::none ? verdict.reason : drop_reason::awaiting_keyframe);
  goal_ = goal::none;
  return unit_fate::overflowed;
}

std::optional<decode_order> decode_feed::take() {
  if (offered_) return std::exchange(offered_, std::nullopt);
  if (goal_ == goal::none) return std::nullopt;
  auto kept = kept_.take();
  assert(kept);
  const bool all = kept_.empty();
  const bool publish = goal_ == goal::keyframe || all;
  if (publish) {
    goal_ = goal::none;
    plan_.published(kept->unit);
  }
  if (all) plan_.caught_up();
  return decode_order{std::move(kept->unit), publish, kept->damaged};
}

void decode_feed::lost_reference() {
  plan_.lost_reference();
  if (!plan_.waits_for_keyframe()) return;
  kept_.clear(drop_reason::awaiting_keyframe);
  goal_ = goal::none;
}

void decode_feed::end_session() {
  kept_.clear(drop_reason::stale);
  goal_ = goal::none;
  plan_.restart();
}

}  // namespace camherd
