#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <thread>

namespace camherd::testing {

/// A TCP server on loopback that speaks no protocol: whatever it hears, it answers with 256 KiB
/// of random bytes, the same in each run, and listens on.
class noisy_server {
 public:
  noisy_server();
  ~noisy_server();

  noisy_server(const noisy_server&) = delete;
  noisy_server& operator=(const noisy_server&) = delete;

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  struct client;

  void accept();
  void listen_to(std::shared_ptr<client> who);

  boost::asio::io_context io_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::string noise_;
  std::thread thread_;
};

}  // namespace camherd::testing
