#pragma once

#include "core/base/unique_fd.hpp"

#include <initializer_list>
#include <optional>

namespace camherd {

/// From now on a write that nobody reads (SIGPIPE) or that would make a file too large
/// (SIGXFSZ) fails with an error and does not end the process.
void survive_failed_writes();

/// Signals as something to wait for. Made before any thread is started, it blocks them in all
/// threads, so that no handler ever runs.
class signal_queue {
 public:
  explicit signal_queue(std::initializer_list<int> signals);

  /// Readable while a signal waits.
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }

  /// The next signal's number, or nothing.
  [[nodiscard]] std::optional<int> take();

 private:
  unique_fd fd_;
};

}  // namespace camherd
