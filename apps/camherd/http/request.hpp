#pragma once

#include "apps/camherd/http/peer.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace camherd::http {

/// The methods that handlers can be registered for; all others are answered 501.
enum class method : std::uint8_t { get, head, post, put, patch, del, options };

[[nodiscard]] std::string_view to_string(method m) noexcept;

/// Methods are case-sensitive (RFC 9110, 9.1).
[[nodiscard]] std::optional<method> method_named(std::string_view name) noexcept;

/// True for methods that a request across origins must not get through with.
[[nodiscard]] bool changes_state(method m) noexcept;

struct field {
  std::string name;
  std::string value;

  friend bool operator==(const field&, const field&) = default;
};

/// The value of the first field of this name, or nothing.
[[nodiscard]] const std::string* find_field(const std::vector<field>& fields,
                                            std::string_view name) noexcept;

/// How the sender showed who they are.
enum class identity : std::uint8_t {
  none,     ///< no token is asked for, or the route is open to everybody
  token,    ///< the bearer token
  session,  ///< the cookie of a session
};

/// A request as a handler sees it. Everything in it but `peer` and `who` is what the client
/// says. Credentials are left out.
struct request {
  method verb = method::get;
  std::string path;  ///< as it was sent, without query; ASCII
  std::vector<std::string>
      segments;                   ///< decoded: valid UTF-8 without '/', '\\', controls, dots
  std::vector<field> query;       ///< decoded, in the order of the URL
  std::vector<field> parameters;  ///< of the route's pattern
  std::vector<field> headers;     ///< names in lower case; without Authorization and Cookie
  std::string body;
  peer_address peer;
  identity who = identity::none;
  std::string session;  ///< identifies the session; cannot be used to log in

  /// `name` in lower case.
  [[nodiscard]] const std::string* header(std::string_view name) const noexcept {
    return find_field(headers, name);
  }
  /// The first, if there are more.
  [[nodiscard]] const std::string* query_value(std::string_view name) const noexcept {
    return find_field(query, name);
  }
  /// Of a `{name}` in the route's pattern, which must be there.
  [[nodiscard]] const std::string& parameter(std::string_view name) const;
};

}  // namespace camherd::http
