#pragma once

#include "tests/support/process.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace camherd::testing {

/// The `nth` line, counted from 1, of all that `program` has written to its standard error for
/// which `matches` holds, whatever was looked for before. Waits for it; nothing if it does not
/// come before the program ends, nor within `child_process::patience`.
[[nodiscard]] std::optional<std::string> find_log_line(
    child_process& program, const std::function<bool(const std::string&)>& matches,
    std::size_t nth = 1);

}  // namespace camherd::testing
