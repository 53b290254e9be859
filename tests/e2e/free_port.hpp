#pragma once

#include "core/base/unique_fd.hpp"
#include "tests/support/catch.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>

namespace camherd::testing {

/// A TCP port of loopback on which nothing listens now: for servers that cannot choose one
/// themselves, and for clients that are to find nobody.
inline std::uint16_t free_port() {
  const unique_fd probe{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  REQUIRE(::bind(probe.get(), generic, size) == 0);
  REQUIRE(::getsockname(probe.get(), generic, &size) == 0);
  return ntohs(address.sin_port);
}

}  // namespace camherd::testing
