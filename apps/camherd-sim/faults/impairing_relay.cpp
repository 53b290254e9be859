#include "apps/camherd-sim/faults/impairing_relay.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <charconv>
#include <string>
#include <thread>
#include <utility>

namespace camherd::faults {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;
using boost::system::error_code;

namespace {

using port_pair = std::array<std::uint16_t, 2>;

const auto loopback = asio::ip::address_v4::loopback();

/// Puts `ours` where `name` has a pair of ports in `head`, and says what was there; 0 for none.
port_pair exchange_ports(std::string& head, const std::string& name, port_pair ours) {
  port_pair theirs{};
  const auto at = head.find(name + "=");
  if (at == std::string::npos) return theirs;
  const auto begin = at + name.size() + 1;
  const char* const end = head.data() + head.size();
  const auto* last = std::from_chars(head.data() + begin, end, theirs[0]).ptr;
  if (last != end && *last == '-') last = std::from_chars(last + 1, end, theirs[1]).ptr;
  const auto size = static_cast<std::size_t>(last - head.data()) - begin;
  head.replace(begin, size, std::to_string(ours[0]) + "-" + std::to_string(ours[1]));
  return theirs;
}

std::size_t content_length_of(const std::string& head) {
  const std::string name = "Content-Length: ";
  std::size_t length = 0;
  if (const auto at = head.find(name); at != std::string::npos) {
    std::from_chars(head.data() + at + name.size(), head.data() + head.size(), length);
  }
  return length;
}

/// What came over one of the two TCP connections and is not passed on yet.
struct stream_buffer {
  std::array<char, 16384> room{};
  std::string received;
  std::string outgoing;
  std::size_t body_left = 0;

  /// The next item is of `size` bytes; false if they are not all here.
  bool pass(std::size_t size) {
    if (received.size() < size) return false;
    outgoing += received.substr(0, size);
    received.erase(0, size);
    return true;
  }
};

/// A client's connection and the one to the camera that serves it. On the relay's thread.
class relayed_session : public std::enable_shared_from_this<relayed_session> {
 public:
  relayed_session(tcp::socket client, std::uint16_t camera_port)
      : sockets_{std::move(client), tcp::socket{client.get_executor()}},
        media_{udp::socket{sockets_[0].get_executor()},
               udp::socket{sockets_[0].get_executor()}},
        camera_port_{camera_port} {}

  void start() {
    sockets_[1].async_connect({loopback, camera_port_},
                              [self = shared_from_this()](const error_code& code) {
                                if (code) return self->close();
                                error_code ignored;
                                for (auto& socket : self->sockets_) {
                                  socket.set_option(tcp::no_delay{true}, ignored);
                                }
                                self->read(from_client);
                                self->read(from_camera);
                              });
  }

  void close() {
    error_code ignored;
    for (auto& socket : sockets_) socket.close(ignored);
    for (auto& socket : media_) socket.close(ignored);
  }

  [[nodiscard]] bool closed() const { return !sockets_[0].is_open(); }

  void impair(impairment harm) { impairment_ = std::move(harm); }

 private:
  // Also the index of the socket.
  enum direction : std::size_t { from_client, from_camera };

  void read(direction which) {
    sockets_[which].async_read_some(
        asio::buffer(buffers_[which].room),
        [self = shared_from_this(), which](const error_code& code, std::size_t size) {
          if (code) return self->close();
          auto& buffer = self->buffers_[which];
          buffer.received.append(buffer.room.data(), size);
          while (self->take_item(which)) {
          }
          self->write(which);
        });
  }

  void write(direction which) {
    asio::async_write(sockets_[1 - which], asio::buffer(buffers_[which].outgoing),
                      [self = shared_from_this(), which](const error_code& code, std::size_t) {
                        if (code) return self->close();
                        self->buffers_[which].outgoing.clear();
                        self->read(which);
                      });
  }

  /// Passes a message, a body or an interleaved packet on; false if it is not all here.
  bool take_item(direction which) {
    auto& buffer = buffers_[which];
    if (buffer.received.empty()) return false;
    if (buffer.body_left > 0) {
      if (!buffer.pass(buffer.body_left)) return false;
      buffer.body_left = 0;
      return true;
    }
    if (buffer.received[0] == '$') {
      if (buffer.received.size() < 4) return false;
      return buffer.pass(4U + (static_cast<std::uint8_t>(buffer.received[2]) << 8 |
                               static_cast<std::uint8_t>(buffer.received[3])));
    }
    const auto end = buffer.received.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    auto head = buffer.received.substr(0, end + 4);
    buffer.received.erase(0, end + 4);
    buffer.body_left = content_length_of(head);
    readdress(head, which);
    buffer.outgoing += head;
    return true;
  }

  void readdress(std::string& head, direction which) {
    if (which == from_client) {
      if (head.find("client_port=") == std::string::npos) return;
      open_media();
      client_ports_ = exchange_ports(head, "client_port", own_ports_);
    } else {
      exchange_ports(head, "client_port", client_ports_);
      const auto ports = exchange_ports(head, "server_port", own_ports_);
      if (ports[0] != 0) camera_ports_ = ports;
    }
  }

  void open_media() {
    if (media_[0].is_open()) return;
    // Cameras take the second port for the one behind the first.
    constexpr int tries = 64;
    for (int i = 0; i < tries && !open_pair(); ++i) {
    }
    for (std::size_t which : {0U, 1U}) listen(which);
  }

  bool open_pair() {
    error_code code;
    for (auto& socket : media_) {
      socket.close(code);
      socket.open(udp::v4(), code);
    }
    media_[0].bind({loopback, 0}, code);
    own_ports_[0] = media_[0].local_endpoint(code).port();
    own_ports_[1] = static_cast<std::uint16_t>(own_ports_[0] + 1);
    media_[1].bind({loopback, own_ports_[1]}, code);
    if (code) return false;
    constexpr int much = 4 * 1024 * 1024;  // as much of it as the kernel grants
    media_[0].set_option(asio::socket_base::receive_buffer_size{much}, code);
    return true;
  }

  void listen(std::size_t which) {
    media_[which].async_receive_from(
        asio::buffer(datagrams_[which]), senders_[which],
        [self = shared_from_this(), which](const error_code& code, std::size_t size) {
          if (code || self->closed()) return;
          const auto* const bytes = self->datagrams_[which].data();
          self->take_datagram(which, {bytes, bytes + size});
          self->listen(which);
        });
  }

  void take_datagram(std::size_t which, byte_vector datagram) {
    if (senders_[which].port() == client_ports_[which]) {
      send(which, datagram, camera_ports_[which]);
    } else if (which == 0 && impairment_) {
      for (const auto& piece : impairment_(std::move(datagram))) {
        send(which, piece.bytes, client_ports_[which]);
      }
    } else {
      send(which, datagram, client_ports_[which]);
    }
  }

  void send(std::size_t which, const byte_vector& datagram, std::uint16_t port) {
    error_code ignored;
    if (port != 0) media_[which].send_to(asio::buffer(datagram), {loopback, port}, 0, ignored);
  }

  std::array<tcp::socket, 2> sockets_;  // to the client, to the camera
  std::array<stream_buffer, 2> buffers_;
  std::array<udp::socket, 2> media_;  // for RTP, RTCP; both sides send to them
  std::array<udp::endpoint, 2> senders_;
  std::array<std::array<std::uint8_t, 65536>, 2> datagrams_{};
  std::uint16_t camera_port_;
  port_pair own_ports_{};
  port_pair client_ports_{};
  port_pair camera_ports_{};
  impairment impairment_;
};

}  // namespace

class impairing_relay::server {
 public:
  server(std::uint16_t camera_port, std::uint16_t port)
      : camera_port_{camera_port},
        acceptor_{io_, {loopback, port}},
        port_{acceptor_.local_endpoint().port()} {
    accept();
    thread_ = std::thread{[this] { io_.run(); }};
  }

  ~server() {
    io_.stop();
    thread_.join();
  }

  void impair(impairment_maker harm) {
    asio::post(io_, [this, harm = std::move(harm)]() mutable {
      harm_ = std::move(harm);
      for (const auto& session : sessions_) session->impair(harm_ ? harm_() : impairment{});
    });
  }

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

 private:
  void accept() {
    acceptor_.async_accept([this](const error_code& code, tcp::socket socket) {
      if (code) return;
      accept();
      std::erase_if(sessions_, [](const auto& session) { return session->closed(); });
      sessions_.push_back(std::make_shared<relayed_session>(std::move(socket), camera_port_));
      if (harm_) sessions_.back()->impair(harm_());
      sessions_.back()->start();
    });
  }

  std::uint16_t camera_port_;
  asio::io_context io_{1};
  impairment_maker harm_;
  std::vector<std::shared_ptr<relayed_session>> sessions_;
  tcp::acceptor acceptor_;
  std::uint16_t port_;
  std::thread thread_;
};

impairing_relay::impairing_relay(std::uint16_t camera_port, std::uint16_t port)
    : server_{std::make_unique<server>(camera_port, port)} {}

impairing_relay::~impairing_relay() = default;

std::uint16_t impairing_relay::port() const noexcept {
  return server_->port();
}

void impairing_relay::impair(impairment_maker harm) {
  server_->impair(std::move(harm));
}

}  // namespace camherd::faults
