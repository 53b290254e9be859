#pragma once

#include <cstddef>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace camherd::rtsp {

/// A fixed number of threads, each running one event loop. A session stays on the loop it was
/// given, so its handlers never run at the same time.
class io_pool {
 public:
  /// Starts `threads` (at least 1) threads.
  explicit io_pool(std::size_t threads);

  /// Stops the loops without waiting for their work, and joins the threads. Sessions that are
  /// still open die here: their sockets are closed and their listeners hear nothing more. Waits
  /// for a name lookup under way. Must not run on a thread of the pool.
  ~io_pool();

  io_pool(const io_pool&) = delete;
  io_pool& operator=(const io_pool&) = delete;

  /// The loop with the next turn. Any thread.
  [[nodiscard]] boost::asio::io_context& next();

  /// True for the first caller only: the kernel's receive buffer limit is reported once a
  /// process.
  [[nodiscard]] bool claim_buffer_notice() noexcept;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace camherd::rtsp
