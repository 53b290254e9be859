#pragma once

#include "core/base/clock.hpp"
#include "core/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace camherd {

/// What this process has used so far.
struct process_usage {
  double cpu_seconds = 0;                   ///< user and system
  std::uint64_t peak_rss_bytes = 0;         ///< largest resident set so far
  std::uint64_t resident_bytes = 0;         ///< now
  std::size_t threads = 0;                  ///< now
  std::size_t open_files = 0;               ///< now; of `read_process_usage` 0
  std::size_t max_files = 0;                ///< the soft limit
  std::uint64_t events_without_memory = 0;  ///< missed for want of memory
  wall_time started_at{};                   ///< the same at every call
};

/// Reads /proc/self and getrusage(2), which takes some ten microseconds. What cannot be read
/// is 0.
[[nodiscard]] process_usage read_process_usage();

/// The descriptors that are open now; 0 if they cannot be read. The kernel names each of them:
/// 2 ms with those of 200 cameras.
[[nodiscard]] std::size_t count_open_files();

/// Raises the soft limit of open files to what `wanted` needs, up to the hard limit. Errors:
/// `internal`, saying limit, need and remedy, when the hard limit is lower than that.
[[nodiscard]] result<void> raise_open_files_limit(std::size_t wanted);

}  // namespace camherd
