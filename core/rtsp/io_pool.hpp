#pragma once

#include "core/rtsp/name_lookup.hpp"

#include <cstddef>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace camherd::rtsp {

/// A fixed number of threads, each running one event loop. A session stays on the loop it was
/// given, so its handlers never run at the same time. All share one `name_lookup`.
class io_pool {
 public:
  /// Starts `threads` (at least 1) threads. `find` is for the names of hosts.
  explicit io_pool(std::size_t threads, name_lookup::function find = ask_system);

  /// Stops the loops without waiting for their work, and joins the threads. Sessions that are
  /// still open die here: their sockets are closed and their listeners hear nothing more. Waits
  /// for no name lookup. Must not run on a thread of the pool.
  ~io_pool();

  io_pool(const io_pool&) = delete;
  io_pool& operator=(const io_pool&) = delete;

  /// The loop with the next turn. Any thread.
  [[nodiscard]] boost::asio::io_context& next();

  [[nodiscard]] name_lookup& names() noexcept;

  /// True for the first caller only: the kernel's receive buffer limit is reported once a
  /// process.
  [[nodiscard]] bool claim_buffer_notice() noexcept;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace camherd::rtsp
