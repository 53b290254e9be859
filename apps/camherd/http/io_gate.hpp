#pragma once

#include <functional>
#include <mutex>
#include <utility>

namespace camherd::http {

/// The way from any thread onto the io thread of a server, which ends with the server. Shared
/// by the server and everything that may outlive it.
class io_gate {
 public:
  using task = std::function<void()>;

  /// `post` runs a task later on the io thread.
  explicit io_gate(std::function<void(task)> post) : post_{std::move(post)} {}

  /// Runs `work` on the io thread, never before this returns to it; nothing once closed. Any
  /// thread.
  void post(task work) {
    const std::lock_guard lock{mutex_};
    if (post_) post_(std::move(work));
  }

  /// Nothing is posted after this returns. Any thread.
  void close() {
    const std::lock_guard lock{mutex_};
    post_ = nullptr;
  }

 private:
  std::mutex mutex_;  // answers come from any thread while the server goes away
  std::function<void(task)> post_;
};

}  // namespace camherd::http
