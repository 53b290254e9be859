#pragma once

#include "core/base/clock.hpp"
#include "core/frame/demand.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

namespace camherd {

/// Holds what consumers of a camera ask for a while after they cease to, so that those who come
/// and go change nothing: the demand in effect rises at once, and anything that was asked stays
/// in effect until it has not been asked for the whole hold time. One thread at a time.
class demand_hold {
 public:
  explicit demand_hold(std::chrono::milliseconds hold) : hold_{hold} {}

  /// From `now` on `asked` is what consumers ask for together.
  void ask(const camera_demand& asked, mono_time now);

  /// Lets go of what has been held long enough.
  void advance(mono_time now);

  /// As of the last `ask` or `advance`.
  [[nodiscard]] camera_demand in_effect() const;

  /// When `advance` has something to let go of; nothing while nothing is held.
  [[nodiscard]] std::optional<mono_time> next_change() const;

 private:
  struct held_demand {
    camera_demand asked;
    mono_time until;
  };

  // However fast consumers come and go; past it the oldest are held together, as long as the
  // later of them.
  static constexpr std::size_t max_held = 16;

  const std::chrono::milliseconds hold_;
  camera_demand asked_;
  std::vector<held_demand> held_;  // in the order of `until`; at most max_held
};

}  // namespace camherd
