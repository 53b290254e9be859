#include "core/frame/demand.hpp"

#include <algorithm>
#include <limits>

namespace camherd {

demand greatest(const demand& a, const demand& b) noexcept {
  if (a.level == decode_level::nothing) return b;
  if (b.level == decode_level::nothing) return a;
  const bool all = a.max_fps <= 0 || b.max_fps <= 0;
  return {.level = std::max(a.level, b.level),
          .max_fps = all ? 0 : std::max(a.max_fps, b.max_fps)};
}

camera_demand greatest(const camera_demand& a, const camera_demand& b) noexcept {
  return {.pictures = greatest(a.pictures, b.pictures),
          .held_frames = std::max(a.held_frames, b.held_frames)};
}

bool asks_for_more(const demand& before, const demand& after) noexcept {
  if (after.level == decode_level::nothing) return false;
  // Pictures that no other needs are never passed over alone.
  const auto reach = [](decode_level level) {
    return std::min(level, decode_level::references);
  };
  const auto rate = [](const demand& d) {
    return d.max_fps > 0 ? d.max_fps : std::numeric_limits<double>::infinity();
  };
  return reach(after.level) > reach(before.level) || rate(after) > rate(before);
}

}  // namespace camherd
