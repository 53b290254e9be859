#pragma once

#include <chrono>

namespace camherd {

/// Monotonic time (CLOCK_MONOTONIC), for durations, deadlines and ages. The same clock in every
/// process of a machine.
using mono_time = std::chrono::steady_clock::time_point;

/// Calendar time (UTC), for what people and cameras mean by a date. May jump.
using wall_time = std::chrono::system_clock::time_point;

/// Where a component takes its time from; a parameter, so that tests own time.
class clock {
 public:
  virtual ~clock() = default;
  [[nodiscard]] virtual mono_time now() const noexcept = 0;
  [[nodiscard]] virtual wall_time wall_now() const noexcept = 0;
};

/// The machine's own clocks.
class machine_clock final : public clock {
 public:
  [[nodiscard]] mono_time now() const noexcept override {
    return std::chrono::steady_clock::now();
  }
  [[nodiscard]] wall_time wall_now() const noexcept override {
    return std::chrono::system_clock::now();
  }
};

}  // namespace camherd
