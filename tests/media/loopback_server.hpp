#pragma once

#include "core/base/unique_fd.hpp"
#include "tests/support/catch.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace camherd::testing {

/// Accepts connections on 127.0.0.1, one at a time, and answers each request with the same
/// bytes; with none, it says nothing. Ask it for a login and requests without one are refused.
class loopback_server {
 public:
  enum class afterwards { hang_up, stay_silent, ask_for_login };

  explicit loopback_server(std::string answer, afterwards then = afterwards::hang_up)
      : answer_{std::move(answer)}, then_{then}, listening_{::socket(AF_INET, SOCK_STREAM, 0)} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(listening_.get(), generic, sizeof address) == 0);
    REQUIRE(::listen(listening_.get(), 4) == 0);
    socklen_t length = sizeof address;
    REQUIRE(::getsockname(listening_.get(), generic, &length) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread{[this] { serve(); }};
  }
  ~loopback_server() {
    ::shutdown(listening_.get(), SHUT_RDWR);
    {
      const std::scoped_lock lock{mutex_};
      if (connection_ >= 0) ::shutdown(connection_, SHUT_RDWR);
      closing_ = true;
    }
    thread_.join();
  }
  loopback_server(const loopback_server&) = delete;
  loopback_server& operator=(const loopback_server&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }

  void wait_for_request() {
    std::unique_lock lock{mutex_};
    REQUIRE(changed_.wait_for(lock, std::chrono::seconds{20}, [this] {
      return request_.find("\r\n\r\n") != std::string::npos;
    }));
  }
  [[nodiscard]] std::string request() {
    const std::scoped_lock lock{mutex_};
    return request_;
  }

 private:
  void serve() {
    for (;;) {
      const unique_fd connection{::accept(listening_.get(), nullptr, nullptr)};
      if (!connection) return;
      {
        const std::scoped_lock lock{mutex_};
        if (closing_) return;
        connection_ = connection.get();
        request_.clear();
      }
      converse(connection.get());
      const std::scoped_lock lock{mutex_};
      connection_ = -1;
    }
  }

  void converse(int connection) {
    bool answered = false;
    std::array<char, 4096> buffer{};
    for (;;) {
      const auto count = ::recv(connection, buffer.data(), buffer.size(), 0);
      if (count <= 0) return;
      {
        const std::scoped_lock lock{mutex_};
        request_.append(buffer.data(), static_cast<std::size_t>(count));
        if (answered || request_.find("\r\n\r\n") == std::string::npos) continue;
      }
      changed_.notify_all();
      answered = true;
      if (answer_.empty()) continue;
      const bool refused = then_ == afterwards::ask_for_login &&
                           request().find("Authorization:") == std::string::npos;
      if (!send_all(connection, refused ? refusal : answer_)) return;
      if (then_ != afterwards::stay_silent) ::shutdown(connection, SHUT_WR);
    }
  }

  static bool send_all(int connection, const std::string& bytes) {
    for (std::size_t sent = 0; sent < bytes.size();) {
      const auto more =
          ::send(connection, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (more <= 0) return false;
      sent += static_cast<std::size_t>(more);
    }
    return true;
  }

  static inline const std::string refusal =
      "HTTP/1.0 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"camera\"\r\n"
      "Content-Length: 0\r\n\r\n";

  std::string answer_;
  afterwards then_;
  unique_fd listening_;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string request_;
  int connection_ = -1;
  bool closing_ = false;
  std::thread thread_;
};

}  // namespace camherd::testing
