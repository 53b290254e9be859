#pragma once

#include <chrono>
#include <utility>

namespace camherd {

/// Processor time that the calling thread has used (CLOCK_THREAD_CPUTIME_ID). A system call,
/// which takes about a microsecond.
[[nodiscard]] std::chrono::nanoseconds thread_cpu_time() noexcept;

/// Adds up processor time between `start` and `stop`, which one thread calls in turns; the next
/// turn may be another thread's.
class cpu_stopwatch {
 public:
  void start() noexcept { started_ = thread_cpu_time(); }
  void stop() noexcept { total_ += thread_cpu_time() - started_; }

  /// What has come together since it was taken last.
  [[nodiscard]] std::chrono::nanoseconds take() noexcept {
    return std::exchange(total_, std::chrono::nanoseconds{});
  }

 private:
  std::chrono::nanoseconds started_{};
  std::chrono::nanoseconds total_{};
};

}  // namespace camherd
