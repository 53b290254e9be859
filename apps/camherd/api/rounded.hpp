#pragma once

#include <cmath>

namespace camherd::api {

/// A measured value as JSON shows it: to a thousandth.
[[nodiscard]] inline double rounded(double value) {
  return std::round(value * 1000) / 1000;
}

}  // namespace camherd::api
