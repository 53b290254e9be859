#pragma once

#include "core/base/clock.hpp"

#include <string>

namespace camherd::api {

/// UTC with milliseconds (RFC 3339): "2026-11-22T18:50:00.123Z".
[[nodiscard]] std::string iso_time(wall_time when);

}  // namespace camherd::api
