#include "tests/support/datagram_inbox.hpp"

#include "tests/support/catch.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <array>
#include <cstddef>
#include <utility>

namespace camherd::testing {

datagram_inbox::datagram_inbox(std::string address)
    : address_{std::move(address)}, socket_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)} {
  REQUIRE(socket_);
  sockaddr_un own{};
  own.sun_family = AF_UNIX;
  REQUIRE(address_.size() < sizeof own.sun_path);
  address_.copy(own.sun_path, address_.size());
  if (own.sun_path[0] == '@') own.sun_path[0] = '\0';
  REQUIRE(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&own),
                 static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size())) ==
          0);
  const timeval patience{10, 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
}

std::optional<std::string> datagram_inbox::receive() const {
  std::array<char, 512> buffer;
  const auto size = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
  if (size < 0) return std::nullopt;
  return std::string{buffer.data(), static_cast<std::size_t>(size)};
}

}  // namespace camherd::testing
