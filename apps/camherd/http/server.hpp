#pragma once

#include "apps/camherd/http/counts.hpp"
#include "apps/camherd/http/limits.hpp"
#include "apps/camherd/http/router.hpp"
#include "config/config.hpp"
#include "core/base/clock.hpp"
#include "core/base/result.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

namespace camherd::http {

/// An HTTP/1.1 server on one thread of its own. It serves the routes it is given and those
/// under /api/v1/session: POST with the bearer token makes a session for browsers (204 with a
/// cookie), DELETE ends it.
class server {
 public:
  /// Listens where `settings` say, and serves from then on. `settings` bring the limits of
  /// connections, `bounds` all others. `time` outlives the server. Errors: `invalid_argument`
  /// with a sentence for an operator: an address that cannot be listened on, a certificate or
  /// key that cannot be used, an address beyond loopback without a token.
  [[nodiscard]] static result<std::unique_ptr<server>> start(const http_config& settings,
                                                             router routes, const clock& time,
                                                             limits bounds = {});

  /// As stop(0).
  ~server();

  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// Where it listens, with the ports it got.
  [[nodiscard]] const std::vector<listen_address>& addresses() const noexcept;

  /// Reads and checks what can change while the server runs: the token, the allowed hosts, and
  /// what now stands in the files of certificate and key. It takes effect with the call of what
  /// is returned, which cannot fail: connections go on as they are; a changed token ends the
  /// sessions of browsers. Errors: those of `start`; `unsupported` for a change that needs a
  /// new server (addresses, limits, TLS on or off). Any thread but the server's own, one call
  /// of these or `stop` at a time.
  [[nodiscard]] result<std::function<void()>> prepare_reload(const http_config& settings);

  /// Both at once.
  [[nodiscard]] result<void> reload(const http_config& settings);

  /// Accepts nothing more, ends streams, and waits up to `grace` for the answers under way.
  /// Nothing is served once this returns. Any thread but the server's own.
  void stop(std::chrono::milliseconds grace);

  [[nodiscard]] const server_counts& counts() const noexcept;

 private:
  struct state;

  explicit server(std::unique_ptr<state> s);

  std::unique_ptr<state> state_;
};

}  // namespace camherd::http
