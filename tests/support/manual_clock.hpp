#pragma once

#include "core/base/clock.hpp"

namespace camherd::testing {

/// A clock that stands still until told otherwise.
class manual_clock final : public clock {
 public:
  [[nodiscard]] mono_time now() const noexcept override { return mono_; }
  [[nodiscard]] wall_time wall_now() const noexcept override { return wall_; }

  template <class Duration>
  void advance(Duration by) {
    mono_ += std::chrono::duration_cast<mono_time::duration>(by);
    wall_ += std::chrono::duration_cast<wall_time::duration>(by);
  }

 private:
  mono_time mono_{std::chrono::hours{1}};
  wall_time wall_{std::chrono::hours{24 * 365 * 50}};
};

}  // namespace camherd::testing
