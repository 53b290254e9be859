#include "core/frame/demand_hold.hpp"

#include <algorithm>

namespace camherd {

void demand_hold::ask(const camera_demand& asked, mono_time now) {
  advance(now);
  if (hold_ > hold_.zero() && greatest(asked, asked_) != asked)
    held_.push_back({asked_, now + hold_});
  asked_ = asked;
  // What a later one covers makes no difference.
  std::erase_if(held_, [&](const held_demand& earlier) {
    return greatest(asked_, earlier.asked) == asked_;
  });
  if (held_.size() > max_held) {
    held_[1].asked = greatest(held_[0].asked, held_[1].asked);
    held_.erase(held_.begin());
  }
}

void demand_hold::advance(mono_time now) {
  std::erase_if(held_, [now](const held_demand& held) { return held.until <= now; });
}

camera_demand demand_hold::in_effect() const {
  auto all = asked_;
  for (const auto& held : held_) all = greatest(all, held.asked);
  return all;
}

std::optional<mono_time> demand_hold::next_change() const {
  if (held_.empty()) return std::nullopt;
  return held_.front().until;
}

}  // namespace camherd
