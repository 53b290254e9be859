#include "tests/e2e/noisy_server.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <random>
#include <utility>

namespace camherd::testing {

namespace asio = boost::asio;
using boost::system::error_code;

struct noisy_server::client {
  explicit client(asio::ip::tcp::socket s) : socket{std::move(s)} {}

  asio::ip::tcp::socket socket;
  std::array<char, 4096> heard;
};

noisy_server::noisy_server() : acceptor_{io_, {asio::ip::address_v4::loopback(), 0}} {
  std::minstd_rand random{1};
  std::uniform_int_distribution<int> bytes{0, 255};
  noise_.resize(256 * 1024);
  for (auto& byte : noise_) byte = static_cast<char>(bytes(random));
  accept();
  thread_ = std::thread{[this] { io_.run(); }};
}

noisy_server::~noisy_server() {
  io_.stop();
  thread_.join();
}

void noisy_server::accept() {
  acceptor_.async_accept([this](const error_code& code, asio::ip::tcp::socket socket) {
    if (code) return;
    listen_to(std::make_shared<client>(std::move(socket)));
    accept();
  });
}

void noisy_server::listen_to(std::shared_ptr<client> who) {
  auto& socket = who->socket;
  const auto into = asio::buffer(who->heard);
  socket.async_read_some(
      into, [this, who = std::move(who)](const error_code& gone, std::size_t) {
        if (gone) return;
        asio::async_write(who->socket, asio::buffer(noise_),
                          [this, who](const error_code& closed, std::size_t) {
                            if (!closed) listen_to(who);
                          });
      });
}

}  // namespace camherd::testing
