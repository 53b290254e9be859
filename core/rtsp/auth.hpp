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
/// algorithms (also -sess) are left out.
[[nodiscard]] std::vector<challenge> parse_challenges(const header_list& headers);

/// Answers a server's challenges with one user's credentials. Keeps the nonce and its use count
/// between requests, so that only the first request costs a round trip.
class authenticator {
 public:
  /// `random_hex` returns a fresh cnonce; a parameter so that tests can compare with the RFC's
  /// examples.
  authenticator(std::string user, std::string password,
                std::function<std::string()> random_hex);

  /// Takes the challenges of a 401 answer. Success means: repeat the request with
  /// `authorization`. Errors: `authentication` when there are no credentials, when they were
  /// refused (a second 401 that does not call the nonce stale and does not offer a weaker
  /// scheme not tried yet), when nonces keep going stale (more than 3 in a row), or when no
  /// offered scheme is known; the message says which.
  [[nodiscard]] result<void> challenged(const response& answer);

  /// A request was accepted: the credentials are good.
  void accepted() noexcept;

  /// Value of the Authorization header for a request; nothing before the first challenge.
  [[nodiscard]] std::optional<std::string> authorization(std::string_view method,
                                                         std::string_view uri);

  /// The scheme in use; nothing before the first challenge.
  [[nodiscard]] std::optional<auth_scheme> scheme() const noexcept;

 private:
  std::string user_;
  std::string password_;
  std::function<std::string()> random_hex_;
  std::optional<challenge> current_;
  std::uint32_t nonce_count_ = 0;
  bool answered_ = false;  // an Authorization was sent since the last acceptance
  unsigned stale_in_a_row_ = 0;
  std::vector<auth_scheme> refused_;
};

/// 16 random bytes as hexadecimal digits, from OpenSSL's generator.
[[nodiscard]] std::string random_hex();

}  // namespace camherd::rtsp
