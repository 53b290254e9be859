#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace camherd::http {

/// A host with an optional port, as in Host and Origin.
struct authority {
  std::string host;  ///< in lower case; IPv6 without brackets; a dot at the end is left out
  std::optional<std::uint16_t> port;

  friend bool operator==(const authority&, const authority&) = default;
};

/// Reads "host", "host:port", "[::1]:port"; nothing for anything else.
[[nodiscard]] std::optional<authority> parse_authority(std::string_view text);

/// Where a connection came in, which decides what it may call us.
enum class reached_by : std::uint8_t { loopback, network };

/// True if a request may name this host. A page of another site reaches us only under a name it
/// has in its hands (DNS rebinding), hence on loopback only localhost, loopback addresses and
/// `allowed` names are taken; elsewhere any address and, if there are `allowed` names, only
/// those.
[[nodiscard]] bool host_is_ours(const authority& host, reached_by by,
                                std::span<const std::string> allowed);

/// True if `origin`, the value of an Origin header, is a page of the server called `host`. The
/// scheme is not looked at beside its default port, since TLS may end in a proxy before us.
[[nodiscard]] bool same_origin(std::string_view origin, const authority& host);

}  // namespace camherd::http
