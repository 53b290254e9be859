#pragma once

#include "core/base/result.hpp"

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace camherd {

/// What the new content outlives once it is written: the end of this process, or that of the
/// machine as well.
enum class durability : std::uint8_t { process, machine };

/// The steps of writing a file whole, in their order; the two syncs only for
/// `durability::machine`.
enum class write_step : std::uint8_t { create, write, sync_file, rename, sync_directory };

struct whole_file_options {
  mode_t mode = 0666;  ///< before the umask
  durability outlives = durability::process;
  /// Called before each step, so that a test can end the process there; may be empty.
  std::function<void(write_step)> before{};
  /// write(2), which may write less than it is asked to.
  std::function<ssize_t(int fd, const void* bytes, std::size_t count)> write{};
};

/// Writes a file whole or not at all: whoever reads `path` finds the old file or the new one,
/// whenever this process ends. Errors: `internal` with the system's reason (disk full, no
/// permission), after which nothing is left behind and the old file is there; only where the
/// directory could not be synced the new one is, though perhaps not after a power failure.
[[nodiscard]] result<void> write_whole_file(const std::string& path,
                                            std::span<const std::byte> content,
                                            const whole_file_options& options = {});

/// Makes the entries of a directory outlive a power failure: 0, or errno. A file system that
/// does not know this is no error.
[[nodiscard]] int sync_directory(const std::string& path);

}  // namespace camherd
