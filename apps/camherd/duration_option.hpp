#pragma once

#include "config/values.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace camherd::cli {

/// The value of the option `name` of a command line, such as 30s or 5m. Nothing if it is no
/// duration or not in `allowed`, after saying so on standard error.
[[nodiscard]] std::optional<std::chrono::milliseconds> read_duration_option(
    std::string_view name, const std::string& text, range<std::chrono::milliseconds> allowed);

}  // namespace camherd::cli
