#include "core/frame/decode_plan.hpp"

#include <algorithm>

namespace camherd {

void decode_plan::set_demand(demand wanted) {
  if (wanted == demand_) return;
  demand_ = wanted;
  next_due_.reset();
}

decode_verdict decode_plan::judge(const access_unit& unit) {
  using enum decode_action;
  learn(unit);
  const bool withhold = damage_ == damage_policy::withhold;

  if (unit.keyframe) {
    if (unit.corrupt && withhold) {
      return break_chain(drop_reason::corrupt, drop_reason::awaiting_keyframe);
    }
    chain_ = true;
    tainted_ = unit.corrupt;
  } else if (!chain_) {
    return {.action = drop, .reason = chain_break_};
  } else if (unit.after_gap && withhold) {
    return break_chain(drop_reason::awaiting_keyframe, drop_reason::awaiting_keyframe);
  } else if (unit.corrupt && withhold) {
    if (!unit.reference) return {.action = drop, .reason = drop_reason::corrupt};
    return break_chain(drop_reason::corrupt, drop_reason::awaiting_keyframe);
  } else if (unit.after_gap || (unit.corrupt && unit.reference)) {
    tainted_ = true;
  }

  switch (demand_.level) {
    case decode_level::nothing:
      return {.action = keep};
    case decode_level::keyframes:
      if (!unit.keyframe)
        return break_chain(drop_reason::not_keyframe, drop_reason::not_keyframe);
      break;
    case decode_level::references:
      if (!unit.reference && !unit.keyframe) {
        return {.action = drop, .reason = drop_reason::not_reference};
      }
      break;
    case decode_level::everything:
      break;
  }
  auto verdict = judge_rate(unit);
  verdict.damaged = tainted_ || unit.corrupt;
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

void decode_plan::restart() {
  chain_ = false;
  tainted_ = false;
  chain_break_ = drop_reason::awaiting_keyframe;
  next_due_.reset();
  last_unit_.reset();
  last_keyframe_.reset();
  frame_interval_ = last_keyframe_interval_ = keyframe_interval_ = seconds{0};
}

decode_verdict decode_plan::judge_rate(const access_unit& unit) {
  using enum decode_action;
  if (demand_.max_fps <= 0) return {};
  if (is_due(unit.received_at)) {
    advance_schedule(unit.received_at);
    return {};
  }
  if (!unit.reference) return {.action = drop, .reason = drop_reason::rate_limit};
  if (keyframe_comes_first())
    return break_chain(drop_reason::rate_limit, drop_reason::rate_limit);
  return {.action = decode, .publish = false};
}

decode_verdict decode_plan::break_chain(drop_reason now, drop_reason after) {
  chain_ = false;
  chain_break_ = after;
  return {.action = decode_action::drop, .reason = now};
}

bool decode_plan::is_due(mono_time at) const {
  return !next_due_ || at + tolerance() >= *next_due_;
}

void decode_plan::advance_schedule(mono_time at) {
  const auto period =
      std::chrono::duration_cast<mono_time::duration>(seconds{1.0 / demand_.max_fps});
  next_due_ = next_due_.value_or(at) + period;
  if (*next_due_ <= at) next_due_ = at + period;
}

bool decode_plan::keyframe_comes_first() const {
  return keyframe_interval_ > seconds{0} && last_keyframe_ && next_due_ &&
         *last_keyframe_ + keyframe_interval_ <= *next_due_ + tolerance();
}

void decode_plan::learn(const access_unit& unit) {
  const auto at = unit.received_at;
  if (last_unit_ && at > *last_unit_) {
    // Long pauses say nothing about the frame rate.
    const auto interval = std::min<seconds>(at - *last_unit_, seconds{2});
    frame_interval_ =
        frame_interval_ == seconds{0} ? interval : 0.9 * frame_interval_ + 0.1 * interval;
  }
  last_unit_ = at;

  if (unit.keyframe) {
    if (last_keyframe_) {
      const seconds interval = at - *last_keyframe_;
      const bool agrees = abs(interval - last_keyframe_interval_) <= frame_interval_;
      keyframe_interval_ = agrees ? interval : seconds{0};
      last_keyframe_interval_ = interval;
    }
    last_keyframe_ = at;
  } else if (last_keyframe_ && keyframe_interval_ > seconds{0} &&
             at - *last_keyframe_ > keyframe_interval_ + 2 * frame_interval_) {
    keyframe_interval_ = seconds{0};
  }
}

}  // namespace camherd
