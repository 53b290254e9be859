#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace camherd::api {

/// Makes changes one after the other on a thread of its own, because a change waits for the
/// disk and the server's thread must not.
class change_queue {
 public:
  using change = std::function<void()>;

  /// Changes that may wait; more are refused.
  static constexpr std::size_t capacity = 64;

  change_queue();

  /// Waits for the change under way; those that wait are dropped.
  ~change_queue();

  change_queue(const change_queue&) = delete;
  change_queue& operator=(const change_queue&) = delete;

  /// False if it is full: `work` will not be done. What `work` throws is dropped. Any thread.
  [[nodiscard]] bool push(change work);

 private:
  void work_off();

  std::mutex mutex_;  // the server's thread gives, the thread of the queue takes
  std::condition_variable changed_;
  std::deque<change> waiting_;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace camherd::api
