#include "tests/apps/http/raw_client.hpp"

#include "apps/camherd/http/secrets.hpp"
#include "tests/support/catch.hpp"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <poll.h>

namespace camherd::testing {
namespace {

constexpr timeval deadline{20, 0};

}  // namespace

raw_client::raw_client(std::uint16_t port, protocol speaks) {
  connect(port);
  if (speaks == protocol::tls) secure(0);
}

raw_client::~raw_client() = default;

std::unique_ptr<raw_client> raw_client::with_tls(std::uint16_t port, int at_most) {
  auto client = std::make_unique<raw_client>(port);
  client->secure(at_most);
  return client;
}

void raw_client::connect(std::uint16_t port) {
  socket_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(socket_);
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline);
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &deadline, sizeof deadline);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
}

void raw_client::secure(int at_most) {
  context_ = {SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
  if (at_most != 0) SSL_CTX_set_max_proto_version(context_.get(), at_most);
  tls_ = {SSL_new(context_.get()), SSL_free};
  SSL_set_fd(tls_.get(), socket_.get());
  if (SSL_connect(tls_.get()) != 1) tls_ = nullptr;
}

std::string raw_client::certificate_digest() const {
  REQUIRE(tls_ != nullptr);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate{
      SSL_get1_peer_certificate(tls_.get()), X509_free};
  unsigned char* bytes = nullptr;
  const auto size = i2d_X509(certificate.get(), &bytes);
  REQUIRE(size > 0);
  const std::string text{reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size)};
  OPENSSL_free(bytes);
  return http::sha256_text(text);
}

bool raw_client::say(const std::string& text) {
  if (tls_) return SSL_write(tls_.get(), text.data(), static_cast<int>(text.size())) > 0;
  std::size_t sent = 0;
  while (sent < text.size()) {
    const auto count =
        ::send(socket_.get(), text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) return false;
    sent += static_cast<std::size_t>(count);
  }
  return true;
}

bool raw_client::receive() {
  std::array<char, 65536> room{};
  if (tls_) {
    const auto count = SSL_read(tls_.get(), room.data(), room.size());
    if (count > 0) received_.append(room.data(), static_cast<std::size_t>(count));
    return count > 0;
  }
  const auto count = ::recv(socket_.get(), room.data(), room.size(), 0);
  if (count < 0) REQUIRE(errno == ECONNRESET);  // not the deadline
  if (count > 0) received_.append(room.data(), static_cast<std::size_t>(count));
  return count > 0;
}

std::string raw_client::until(const std::string& end) {
  std::size_t at = 0;
  while ((at = received_.find(end)) == std::string::npos) {
    if (!receive()) return std::exchange(received_, "");
  }
  auto text = received_.substr(0, at + end.size());
  received_.erase(0, text.size());
  return text;
}

std::string raw_client::answer() {
  auto text = until("\r\n\r\n");
  const std::string field = "\r\nContent-Length: ";
  const auto at = text.find(field);
  if (at == std::string::npos) return text;
  const auto size = std::stoul(text.substr(at + field.size()));
  while (received_.size() < size && receive()) continue;
  text += received_.substr(0, size);
  received_.erase(0, size);
  return text;
}

std::string raw_client::rest() {
  while (receive()) continue;
  return std::exchange(received_, "");
}

void raw_client::half_close() {
  ::shutdown(socket_.get(), SHUT_WR);
}

void raw_client::shrink_buffer() {
  const int least = 1;
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &least, sizeof least);
}

std::string fetch(std::uint16_t port, const std::string& path, const std::string& fields) {
  raw_client client{port};
  client.say("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + fields +
             "\r\n");
  return client.rest();
}

unsigned status_of(const std::string& answer) {
  if (!answer.starts_with("HTTP/1.1 ")) return 0;
  return static_cast<unsigned>(std::stoul(answer.substr(9, 3)));
}

}  // namespace camherd::testing
