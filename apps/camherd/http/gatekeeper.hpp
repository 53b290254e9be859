#pragma once

#include "apps/camherd/http/authority.hpp"
#include "apps/camherd/http/limits.hpp"
#include "apps/camherd/http/message_parser.hpp"
#include "apps/camherd/http/pacer.hpp"
#include "apps/camherd/http/response.hpp"
#include "apps/camherd/http/router.hpp"
#include "apps/camherd/http/target.hpp"
#include "core/base/backoff.hpp"
#include "core/base/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace camherd::http {

/// Whom a server lets in.
struct access_policy {
  std::string token;                       ///< empty: nobody is asked for one
  std::vector<std::string> allowed_hosts;  ///< names of this server beside localhost
};

/// Whether cookies may travel without TLS.
enum class transport_security : std::uint8_t { plain, tls };

/// Decides about every request before its body is read: the host it names, the token or session
/// it shows, the page it comes from, and when it may be answered. Holds the sessions. On the io
/// thread.
class gatekeeper {
 public:
  gatekeeper(access_policy policy, const limits& bounds, transport_security security,
             const clock& time);

  /// A changed token ends all sessions.
  void change(access_policy policy);

  struct verdict {
    std::optional<response> refusal;
    identity who = identity::none;
    std::string session;  ///< see request::session
  };

  /// `who`: what the route asks for.
  [[nodiscard]] verdict judge(const request_head& head, method verb, const target& asked,
                              audience who, const peer_address& peer);

  /// When a request of `peer` may be answered; one that is refused is to be answered with 429.
  [[nodiscard]] pacer::turn next_turn(const peer_address& peer);

  /// For a request that showed the token: a session, whose cookie is in the answer. Without a
  /// token nobody needs one, and the answer has none.
  [[nodiscard]] response log_in();

  /// Ends the session of a request, and takes the cookie away.
  [[nodiscard]] response log_out(const std::string& session);

  [[nodiscard]] std::uint64_t failed_logins() const noexcept { return failed_; }

 private:
  struct session_state {
    mono_time expires;
    std::uint64_t number;  // the lower, the older
  };
  struct peer_attempts {
    token_bucket bucket;
    mono_time last;
  };

  [[nodiscard]] std::optional<response> check_host(const request_head& head,
                                                   const target& asked,
                                                   const peer_address& peer,
                                                   std::optional<authority>& host) const;
  [[nodiscard]] verdict authenticate(const request_head& head, const peer_address& peer);
  [[nodiscard]] std::optional<std::string> live_session(const request_head& head);
  [[nodiscard]] peer_attempts& attempts_of(const peer_address& peer);
  [[nodiscard]] std::string cookie(const std::string& value, std::int64_t seconds) const;
  [[nodiscard]] std::string_view cookie_name() const noexcept;
  void drop_sessions();

  access_policy policy_;
  const limits& bounds_;
  const transport_security security_;
  const clock& time_;
  std::unordered_map<std::string, session_state> sessions_;  // by SHA-256; bounds_.sessions
  std::unordered_map<std::string, peer_attempts> attempts_;  // bounds_.remembered_peers
  pacer turns_;
  std::uint64_t next_session_ = 0;
  std::uint64_t failed_ = 0;
};

}  // namespace camherd::http
