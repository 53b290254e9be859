#pragma once

#include "core/base/error.hpp"

#include <cstddef>
#include <new>
#include <string_view>

/// What memory that runs out (a limit of the process, or of the machine where it does not
/// overcommit) means: whoever wants much of it does without, so that the others have what they
/// need. Any thread.
namespace camherd {

/// What must be left for all others by whoever takes much at once.
inline constexpr std::size_t memory_headroom = std::size_t{16} * 1024 * 1024;

/// Less than this is for everybody.
inline constexpr std::size_t much_memory = std::size_t{1024} * 1024;

/// Whether `memory_headroom` would be left besides `bytes`, which costs two system calls; true
/// for less than `much_memory`.
[[nodiscard]] bool leaves_headroom(std::size_t bytes) noexcept;

/// The error `internal` that says so: "no memory for ...".
[[nodiscard]] error no_memory_for(std::string_view what);

/// Calls `work`, which is one event after the other until it returns, again each time that an
/// event fails for want of memory. Whom that event was for misses it, and has a deadline.
template <class Work>
void go_on_without_memory(Work&& work) {
  for (;;) {
    try {
      return work();
    } catch (const std::bad_alloc&) {
      continue;
    }
  }
}

}  // namespace camherd
