#pragma once

#include <cstddef>
#include <string>

namespace camherd::testing {

/// What a process uses of the machine.
struct footprint {
  std::size_t descriptors = 0;
  std::size_t threads = 0;
  std::size_t resident_bytes = 0;
};

/// Of a running process. A test fails where it is not running.
[[nodiscard]] footprint footprint_of(int pid);

/// What its descriptors are, a line each, for a message.
[[nodiscard]] std::string descriptors_of(int pid);

/// Waits until it has no more descriptors and threads than `before`; false if it does not come
/// to that within the patience for a process.
[[nodiscard]] bool comes_back_to(const footprint& before, int pid);

}  // namespace camherd::testing
