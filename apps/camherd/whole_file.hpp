#pragma once

#include "core/base/result.hpp"

#include <cstddef>
#include <span>
#include <string>

namespace camherd {

/// Writes a file whole or not at all: whoever reads `path` finds the old file or the new one.
/// Errors: `internal` with the system's reason (disk full, no permission), after which nothing
/// is left behind.
[[nodiscard]] result<void> write_whole_file(const std::string& path,
                                            std::span<const std::byte> content);

}  // namespace camherd
