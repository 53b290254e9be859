#pragma once

#include "core/base/unique_fd.hpp"
#include "tests/support/catch.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <string>
#include <thread>

namespace camherd::testing {

/// Says the same to every client of 127.0.0.1, whatever it wants, and hangs up.
class raw_server {
 public:
  explicit raw_server(std::string says) : says_{std::move(says)} {
    listener_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(listener_.get(), generic, size) == 0);
    REQUIRE(::listen(listener_.get(), 8) == 0);
    REQUIRE(::getsockname(listener_.get(), generic, &size) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread{[this] { serve(); }};
  }

  ~raw_server() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
  }

  raw_server(const raw_server&) = delete;
  raw_server& operator=(const raw_server&) = delete;

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  void serve() const {
    for (;;) {
      const unique_fd client{::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
      if (!client) return;
      char asked[4096];
      if (::recv(client.get(), asked, sizeof asked, 0) <= 0) continue;
      (void)::send(client.get(), says_.data(), says_.size(), MSG_NOSIGNAL);
    }
  }

  std::string says_;
  unique_fd listener_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace camherd::testing
