#include "core/frame/decode_plan.hpp"

#include <chrono>

namespace camherd {

void decode_plan::set_demand(demand wanted) {
  if (wanted == demand_) return;
  if (asks_for_more(demand_, wanted)) chain_break_ = drop_reason::awaiting_keyframe;
  demand_ = wanted;
  schedule_.set_rate(wanted.max_fps);
}

decode_verdict decode_plan::judge(const access_unit& unit) {
  using enum decode_action;
  learn(unit);
  const bool withhold = damage_ == damage_policy::withhold;
  const bool all_decoded = chain_ && !keeping_;

  if (unit.keyframe) {
    if (unit.corrupt && withhold) return break_chain(drop_reason::corrupt);
    chain_ = true;
    keeping_ = false;
    tainted_ = unit.corrupt;
  } else if (!chain_) {
    return {.action = drop, .reason = chain_break_};
  } else if (unit.after_gap && withhold) {
    return break_chain(drop_reason::awaiting_keyframe);
  } else if (unit.corrupt && withhold) {
    if (!unit.reference) return {.action = drop, .reason = drop_reason::corrupt};
    return break_chain(drop_reason::corrupt);
  } else if (unit.after_gap || (unit.corrupt && unit.reference)) {
    tainted_ = true;
  }
  auto verdict = judge_wanted(unit);
  verdict.damaged = tainted_ || unit.corrupt;
  verdict.after_undecoded = unit.keyframe && !all_decoded;
  return verdict;
}

void decode_plan::lost_reference() {
  if (damage_ == damage_policy::flag) {
    tainted_ = true;
    return;
  }
  chain_ = false;
  chain_break_ = drop_reason::awaiting_keyframe;
}

void decode_plan::lost_kept(drop_reason after) {
  chain_ = false;
  chain_break_ = after;
}

void decode_plan::restart() {
  chain_ = false;
  tainted_ = false;
  chain_break_ = drop_reason::awaiting_keyframe;
  schedule_ = rate_schedule{demand_.max_fps};
  last_keyframe_.reset();
  last_keyframe_interval_ = keyframe_interval_ = seconds{0};
}

decode_verdict decode_plan::judge_wanted(const access_unit& unit) {
  using enum decode_action;
  switch (demand_.level) {
    case decode_level::nothing:
      return pass_over(drop_reason::rate_limit);
    case decode_level::keyframes:
      if (!unit.keyframe) return pass_over(drop_reason::not_keyframe);
      break;
    case decode_level::references:
      if (!unit.reference && !unit.keyframe) {
        return {.action = drop, .reason = drop_reason::not_reference};
      }
      break;
    case decode_level::everything:
      break;
  }
  return keeping_ ? pass_over(drop_reason::rate_limit) : judge_rate(unit);
}

decode_verdict decode_plan::judge_rate(const access_unit& unit) {
  using enum decode_action;
  if (schedule_.due(unit.received_at)) {
    schedule_.taken(unit.received_at);
    return {};
  }
  const bool alone = !unit.reference || demand_.level == decode_level::keyframes;
  if (alone && unit.keyframe) return pass_over(drop_reason::rate_limit);
  if (alone) return {.action = drop, .reason = drop_reason::rate_limit};
  if (keyframe_comes_first()) return pass_over(drop_reason::rate_limit);
  return {.action = decode, .publish = false};
}

decode_verdict decode_plan::pass_over(drop_reason reason) {
  keeping_ = true;
  return {.action = decode_action::keep, .reason = reason};
}

decode_verdict decode_plan::break_chain(drop_reason now) {
  chain_ = false;
  chain_break_ = drop_reason::awaiting_keyframe;
  return {.action = decode_action::drop, .reason = now};
}

bool decode_plan::keyframe_comes_first() const {
  const auto next = schedule_.next_turn();
  return keyframe_interval_ > seconds{0} && last_keyframe_ && next &&
         *last_keyframe_ + keyframe_interval_ <= *next + schedule_.tolerance();
}

void decode_plan::learn(const access_unit& unit) {
  const auto at = unit.received_at;
  schedule_.note(at);
  const auto frame_interval = schedule_.frame_interval();

  if (unit.keyframe) {
    if (last_keyframe_) {
      const seconds interval = at - *last_keyframe_;
      const bool agrees = abs(interval - last_keyframe_interval_) <= frame_interval;
      keyframe_interval_ = agrees ? interval : seconds{0};
      last_keyframe_interval_ = interval;
    }
    last_keyframe_ = at;
  } else if (last_keyframe_ && keyframe_interval_ > seconds{0} &&
             at - *last_keyframe_ > keyframe_interval_ + 2 * frame_interval) {
    keyframe_interval_ = seconds{0};
  }
}

}  // namespace camherd
