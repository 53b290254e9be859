#pragma once

#include "actors/status.hpp"
#include "core/base/unique_fd.hpp"

#include <memory>
#include <mutex>

namespace camherd {

/// Where the herd's reports wait for the main thread, which sleeps on `fd()`. The newest report
/// replaces one that was not taken. Its mutex is the meeting point of the scheduler's workers
/// and that thread.
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

 private:
  void put(std::shared_ptr<const herd_status> status, bool stopped);

  unique_fd event_;
  std::mutex mutex_;
  news news_;
};

}  // namespace camherd
