#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace camherd {

/// Where a server listens.
struct listen_address {
  std::string address;     ///< of an interface, in numbers; IPv6 without brackets; never a name
  std::uint16_t port = 0;  ///< 0: any free one

  friend bool operator==(const listen_address&, const listen_address&) = default;
};

/// Reads "127.0.0.1:8470" or "[::1]:8470"; nothing for anything else.
[[nodiscard]] std::optional<listen_address> parse_listen_address(std::string_view text);

/// As `parse_listen_address` reads it.
[[nodiscard]] std::string to_string(const listen_address& address);

/// True if only this machine can reach it.
[[nodiscard]] bool is_loopback(const listen_address& address);

}  // namespace camherd
