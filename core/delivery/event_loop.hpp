#pragma once

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace camherd {

/// One thread that waits for descriptors (epoll(7), level-triggered) and for points in time.
/// Any thread may call; everything it calls runs on its own thread, one at a time.
class event_loop {
 public:
  /// What epoll says of a descriptor: EPOLLIN, EPOLLOUT, EPOLLHUP, EPOLLERR.
  using handler = std::function<void(std::uint32_t events)>;
  using token = std::uint64_t;

  /// Starts the thread. Errors: `internal` without descriptors.
  [[nodiscard]] static result<std::unique_ptr<event_loop>> create();

  ~event_loop();
  event_loop(const event_loop&) = delete;
  event_loop& operator=(const event_loop&) = delete;

  /// Calls `h` whenever one of `events` holds for `fd`, which must stay open until `forget`.
  [[nodiscard]] result<token> watch(int fd, std::uint32_t events, handler h);

  /// Ends the thread; what has not run yet never does. Not on the loop's own thread.
  void stop();

  /// Waits for other events of a descriptor that is watched.
  void change(token which, int fd, std::uint32_t events);

  /// The handler is not called again, but for a call that may be under way.
  void forget(token which, int fd);

  /// Calls `work` soon.
  void post(std::function<void()> work);

  /// Calls `work` once `at` has come.
  void run_at(mono_time at, std::function<void()> work);

 private:
  event_loop(unique_fd poller, unique_fd waker);
  void run();
  void wake() const;
  void call_handlers(int timeout_ms);
  void call_due();
  [[nodiscard]] int timeout_ms();

  const unique_fd poller_;
  const unique_fd waker_;
  std::mutex mutex_;                                    // callers meet the thread here
  std::map<token, std::shared_ptr<handler>> handlers_;  // shared: forgotten while it runs
  std::multimap<mono_time, std::function<void()>> due_;
  token next_token_ = 1;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace camherd
