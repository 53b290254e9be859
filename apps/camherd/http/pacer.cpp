#include "apps/camherd/http/pacer.hpp"

#include <algorithm>

namespace camherd::http {

pacer::pacer(const settings& bounds) : bounds_{bounds} {
  if (bounds_.per_second > 0) {
    gap_ = std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::chrono::duration<double>{1 / bounds_.per_second});
  }
}

// The generic cell rate algorithm (ITU-T I.371): a peer may be as far ahead of its turns as the
// burst goes.
pacer::turn pacer::next(const std::string& peer, mono_time now) {
  if (bounds_.per_second <= 0) return {};
  const auto known = next_.find(peer);
  const auto due = known == next_.end() ? now : std::max(known->second, now);
  const auto ahead = std::max(bounds_.burst - gap_, std::chrono::nanoseconds{});
  const auto wait = std::max(due - now - ahead, std::chrono::nanoseconds{});
  if (wait > bounds_.longest_wait) return {bounds_.longest_wait, true};
  if (known != next_.end()) {
    known->second = due + gap_;
  } else {
    if (next_.size() >= bounds_.peers) make_room(now);
    next_.emplace(peer, due + gap_);
  }
  return {wait, false};
}

void pacer::make_room(mono_time now) {
  std::erase_if(next_, [now](const auto& entry) { return entry.second <= now; });
  if (next_.size() < bounds_.peers) return;
  next_.erase(std::min_element(next_.begin(), next_.end(), [](const auto& a, const auto& b) {
    return a.second < b.second;
  }));
}

}  // namespace camherd::http
