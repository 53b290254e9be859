#pragma once

#include "core/base/result.hpp"
#include "core/rtsp/message.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace camherd::rtsp {

enum class auth_scheme : std::uint8_t { basic, digest_md5, digest_sha256 };

[[nodiscard]] std::string_view to_string(auth_scheme scheme) noexcept;

/// One challenge of a WWW-Authenticate header (RFC 7616 section 3.3, RFC 7617).
struct challenge {
  auth_scheme scheme = auth_scheme::basic;
  std::string realm;
  std::string nonce;
  std::optional<std::string> opaque;
  std::optional<std::string> algorithm;  ///< as sent, to be echoed
  bool qop_auth = false;                 ///< server offers qop=auth
  bool stale = false;
};

/// The challenges we can answer, the strongest first: SHA-256, MD5, Basic. Unknown schemes and
/// algorithms (also -sess), and a Digest that wants more than qop=auth, are left out.
[[nodiscard]] std::vector<challenge> parse_challenges(const header_list& headers);

/// Answers a server's challenges with one user's credentials. Keeps the nonce and its use count
/// between requests, so that only the first request costs a round trip. Cameras ban clients, so
/// it never tries refused credentials again with the same scheme; and a password goes out in
/// clear text (Basic) only to a server that offers no Digest we know. For one connection after
/// another of one camera, on one thread at a time.
class authenticator {
 public:
  /// `random_hex` returns a fresh cnonce; a parameter so that tests can compare with the RFC's
  /// examples.
  authenticator(std::string user, std::string password,
                std::function<std::string()> random_hex);

  /// Takes the challenges of a 401 answer. Success means: repeat the request with
  /// `authorization`. Errors: `authentication`, the message says which of these it is: there
  /// are no credentials; they were refused, which is a second 401 that neither calls the nonce
  /// stale nor offers another Digest algorithm not tried yet; nonces keep going stale (more
  /// than 3 in a row); no offered scheme is known. Credentials that were accepted before are
  /// tried once more when the nonce changed, because some cameras let nonces expire without
  /// calling them stale.
  [[nodiscard]] result<void> challenged(const response& answer);

  /// The last request was lost with its connection: nothing was said of its credentials.
  void unanswered() noexcept { answered_ = false; }

  /// A request was accepted: the credentials it carried, if any, are good.
  void accepted() noexcept;

  /// Value of the Authorization header for a request; nothing before the first challenge. `uri`
  /// must be the one of the request line. Each call counts as one use of the nonce.
  [[nodiscard]] std::optional<std::string> authorization(std::string_view method,
                                                         std::string_view uri);

  /// The scheme in use; nothing before the first challenge.
  [[nodiscard]] std::optional<auth_scheme> scheme() const noexcept;

 private:
  [[nodiscard]] bool was_refused(auth_scheme scheme) const noexcept;
  [[nodiscard]] std::string digest(std::string_view method, std::string_view uri);

  std::string user_;
  std::string password_;
  std::function<std::string()> random_hex_;
  std::optional<challenge> current_;
  std::uint32_t nonce_count_ = 0;
  bool answered_ = false;  // an Authorization was sent since the last acceptance
  bool proven_ = false;    // credentials were accepted since the last change of the nonce
  unsigned stale_in_a_row_ = 0;
  std::vector<auth_scheme> refused_;
};

/// 16 random bytes as hexadecimal digits, from OpenSSL's generator.
[[nodiscard]] std::string random_hex();

}  // namespace camherd::rtsp
