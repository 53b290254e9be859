#pragma once

#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"
#include "core/delivery/channel_surroundings.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace camherd {

/// Accepts the consumers of one camera on its listening socket, and refuses them in words where
/// no descriptors are left.
class consumer_acceptor : public std::enable_shared_from_this<consumer_acceptor> {
 public:
  /// A consumer that came; called on the loop's thread.
  using arrival = std::function<void(unique_fd socket)>;

  consumer_acceptor(std::string camera, std::shared_ptr<channel_surroundings> around,
                    arrival came);

  /// As `close`.
  ~consumer_acceptor();

  consumer_acceptor(const consumer_acceptor&) = delete;
  consumer_acceptor& operator=(const consumer_acceptor&) = delete;

  /// Begins to listen. Once. Errors: those of the runtime directory and the loop.
  [[nodiscard]] result<void> listen();

  /// Takes the socket's name away and accepts nobody any more, but for a call of `came` that
  /// may be under way. Any thread, from within `came` too.
  void close();

 private:
  void accept_some();
  [[nodiscard]] unique_fd accept_one(int& failed);
  void refuse_without_descriptors();

  const std::string camera_;
  const std::shared_ptr<channel_surroundings> around_;  // shared with the other channels
  const arrival came_;
  std::mutex mutex_;  // `close` may come while the loop accepts
  unique_fd listening_;
  event_loop::token watched_ = 0;
};

}  // namespace camherd
