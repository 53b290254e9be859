#pragma once

#include "core/base/clock.hpp"

namespace camherd {

/// How the last reading of the configuration ended.
struct reload_outcome {
  bool successful = true;
  wall_time loaded_at{};  ///< when the running configuration was loaded

  friend bool operator==(const reload_outcome&, const reload_outcome&) = default;
};

}  // namespace camherd
