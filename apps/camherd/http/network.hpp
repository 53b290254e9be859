#pragma once

#include "apps/camherd/http/channel.hpp"
#include "apps/camherd/http/peer.hpp"
#include "config/listen_address.hpp"
#include "core/base/result.hpp"

#include <functional>
#include <memory>
#include <vector>

struct ssl_ctx_st;

namespace camherd::http {

/// Listening sockets and the one thread that serves them and everything that comes in.
class network {
 public:
  /// Called on the io thread with every connection.
  using arrival = std::function<void(std::unique_ptr<channel>, peer_address)>;

  /// Listens on all `addresses` (port 0: any free one), in TLS if `tls` is there. Accepts
  /// nothing before `start`. Errors: `invalid_argument`, naming the address.
  [[nodiscard]] static result<std::unique_ptr<network>> open(
      const std::vector<listen_address>& addresses, std::shared_ptr<ssl_ctx_st> tls);

  /// Stops the thread. What channels still had to do is dropped without a handler.
  ~network();

  network(const network&) = delete;
  network& operator=(const network&) = delete;

  /// Starts the thread and accepts connections.
  void start(arrival on_arrival);

  /// Where it listens, with the ports it got.
  [[nodiscard]] const std::vector<listen_address>& addresses() const noexcept;

  /// Runs `task` on the io thread. Any thread.
  void post(std::function<void()> task);

  /// For new connections. On the io thread.
  void use_tls(std::shared_ptr<ssl_ctx_st> tls);

  /// Closes the listening sockets. On the io thread.
  void stop_listening();

  /// Ends the thread after what it is doing. Not on the io thread.
  void stop();

 private:
  struct state;

  explicit network(std::unique_ptr<state> s);

  std::unique_ptr<state> state_;
};

}  // namespace camherd::http
