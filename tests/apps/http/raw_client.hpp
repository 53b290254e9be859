#pragma once

#include "core/base/unique_fd.hpp"

#include <cstdint>
#include <memory>
#include <string>

struct ssl_st;
struct ssl_ctx_st;

namespace camherd::testing {

/// A TCP connection to 127.0.0.1 that says what a test wants it to, however wrong. Every wait
/// has a deadline of 20 s, behind which the test fails.
class raw_client {
 public:
  enum class protocol : std::uint8_t { plain, tls };

  explicit raw_client(std::uint16_t port, protocol speaks = protocol::plain);
  ~raw_client();

  /// With TLS of at most this version (TLS1_1_VERSION and the like).
  static std::unique_ptr<raw_client> with_tls(std::uint16_t port, int at_most);

  [[nodiscard]] bool secured() const noexcept { return tls_ != nullptr; }

  /// SHA-256 of the server's certificate.
  [[nodiscard]] std::string certificate_digest() const;

  /// False if the server has closed.
  bool say(const std::string& text);

  /// One whole answer: its head and the body that Content-Length tells. Empty if the server
  /// closed instead.
  std::string answer();

  /// Until `end` has been received; everything up to there.
  std::string until(const std::string& end);

  /// Until the server closes.
  std::string rest();

  /// Says that nothing more will be sent.
  void half_close();

  /// Takes as little as possible from the server: for slow clients.
  void shrink_buffer();

 private:
  void connect(std::uint16_t port);
  bool receive();
  void secure(int at_most);

  unique_fd socket_;
  std::shared_ptr<ssl_ctx_st> context_;
  std::shared_ptr<ssl_st> tls_;
  std::string received_;
};

/// Asks for `path` on a connection of its own; the whole answer.
std::string fetch(std::uint16_t port, const std::string& path, const std::string& fields = "");

/// The status of an answer, 0 if it is none.
unsigned status_of(const std::string& answer);

}  // namespace camherd::testing
