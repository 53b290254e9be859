#pragma once

#include <cstdint>
#include <string>

namespace camherd::http {

/// The other end of a connection.
struct peer_address {
  std::string text;        ///< the address without port; an IPv4 one in IPv6 as IPv4
  std::uint16_t port = 0;  ///< of the client
  std::string group;   ///< what limits count: an IPv4 address, the /64 network of an IPv6 one
  bool local = false;  ///< it reached us by a loopback address
};

/// Of an address in binary, in network order: 4 or 16 bytes.
[[nodiscard]] peer_address make_peer(const unsigned char* address, std::size_t size);

}  // namespace camherd::http
