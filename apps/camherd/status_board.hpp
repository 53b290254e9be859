#pragma once

#include "actors/status.hpp"
#include "core/base/unique_fd.hpp"

#include <memory>
#include <mutex>

namespace camherd {

/// Where the herd's reports wait for the main thread, which sleeps on `fd()`. The newest report
/// replaces one that was not taken. Its mutex is the meeting point of the scheduler's workers,
/// that thread and the HTTP server's.
class status_board final : public herd_observer {
 public:
  status_board();

  void on_status(std::shared_ptr<const herd_status> status) override;
  void on_stopped(std::shared_ptr<const herd_status> status) override;

  /// Readable while there is something to take.
  [[nodiscard]] int fd() const noexcept { return event_.get(); }

  struct news {
    std::shared_ptr<const herd_status> status;  ///< null if nothing came since the last call
    bool stopped = false;
  };
  [[nodiscard]] news take();

  /// The newest report, taken or not; null before the first. Any thread.
  [[nodiscard]] std::shared_ptr<const herd_status> newest() const;

 private:
  void put(std::shared_ptr<const herd_status> status, bool stopped);

  unique_fd event_;
  mutable std::mutex mutex_;
  news news_;
  std::shared_ptr<const herd_status> newest_;  // shared with readers
};

}  // namespace camherd
