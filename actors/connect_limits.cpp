#include "actors/connect_limits.hpp"

#include <algorithm>

namespace camherd {

using namespace std::chrono_literals;

std::chrono::nanoseconds connect_limits::take(const std::string& host, double per_second,
                                              double per_second_per_host, mono_time now) {
  if (!node_) node_.emplace(per_second, std::max(1.0, per_second), now);
  if (const auto wait = node_->take(now); wait > 0ns) return wait;
  if (host.empty()) return 0ns;
  auto& bucket =
      hosts_.try_emplace(host, per_second_per_host, std::max(1.0, per_second_per_host), now)
          .first->second;
  const auto wait = bucket.take(now);
  if (wait > 0ns) node_->give_back();
  return wait;
}

}  // namespace camherd
