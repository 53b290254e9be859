#pragma once

#include "core/base/error.hpp"

#include <cstddef>
#include <cstdint>
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

/// How many events this process has missed for want of memory.
[[nodiscard]] std::uint64_t events_without_memory() noexcept;

/// Counts one more of them, and waits a moment, in which somebody may give memory back: an
/// event that comes again at once must not keep a processor busy.
void miss_event_without_memory() noexcept;

/// Calls `work`, which is one event after the other until it returns, again each time that an
/// event fails for want of memory. Whom that event was for misses it, and has a deadline.
template <class Work>
void go_on_without_memory(Work&& work) {
  for (;;) {
    try {
      return work();
    } catch (const std::bad_alloc&) {
      miss_event_without_memory();
    }
  }
}

}  // namespace camherd
