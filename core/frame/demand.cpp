#include "core/frame/demand.hpp"

#include <algorithm>

namespace camherd {

demand greatest(const demand& a, const demand& b) noexcept {
  if (a.level == decode_level::nothing) return b;
  if (b.level == decode_level::nothing) return a;
  const bool all = a.max_fps <= 0 || b.max_fps <= 0;
  return {.level = std::max(a.level, b.level),
          .max_fps = all ? 0 : std::max(a.max_fps, b.max_fps)};
}

}  // namespace camherd
