#include "apps/camherd/http/network.hpp"

#include "core/base/memory_shortage.hpp"
#include "core/base/thread_priority.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <openssl/ssl.h>

#include <array>
#include <thread>
#include <type_traits>
#include <utility>

namespace camherd::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds accept_pause{100};
constexpr std::size_t max_pieces = 4;

using plain_stream = tcp::socket;
using tls_stream = asio::ssl::stream<tcp::socket>;

/// `Stream` is a socket, or TLS on one.
template <class Stream>
class socket_channel final : public channel {
 public:
  static constexpr bool in_tls = std::is_same_v<Stream, tls_stream>;

  template <class... Arguments>
  explicit socket_channel(tcp::socket socket, Arguments&... arguments)
      : stream_{std::make_shared<Stream>(std::move(socket), arguments...)},
        alarm_{stream_->get_executor()} {}

  void secure(std::function<void(bool)> done) override {
    if constexpr (in_tls) {
      stream_->async_handshake(
          asio::ssl::stream_base::server,
          [kept = stream_, done = std::move(done)](const error_code& code) { done(!code); });
    } else {
      asio::post(stream_->get_executor(), [done = std::move(done)] { done(true); });
    }
  }

  void read(std::span<char> room, std::function<void(std::size_t)> done) override {
    stream_->async_read_some(
        asio::buffer(room.data(), room.size()),
        [kept = stream_, done = std::move(done)](const error_code& code, std::size_t size) {
          done(code ? 0 : size);
        });
  }

  void write(std::span<const std::string_view> pieces,
             std::function<void(bool)> done) override {
    std::array<asio::const_buffer, max_pieces> buffers{};
    for (std::size_t i = 0; i < pieces.size() && i < buffers.size(); ++i) {
      buffers[i] = asio::buffer(pieces[i].data(), pieces[i].size());
    }
    asio::async_write(*stream_, buffers,
                      [kept = stream_, done = std::move(done)](const error_code& code,
                                                               std::size_t) { done(!code); });
  }

  void end_output(std::function<void()> done) override {
    if constexpr (in_tls) {
      stream_->async_shutdown(
          [kept = stream_, done = std::move(done)](const error_code&) { done(); });
    } else {
      error_code ignored;  // the peer may be gone, which the next read tells
      stream_->shutdown(tcp::socket::shutdown_send, ignored);
      asio::post(stream_->get_executor(), std::move(done));
    }
  }

  void close() override {
    silence_alarm();
    error_code ignored;
    stream_->lowest_layer().close(ignored);
  }

  void set_alarm(std::chrono::milliseconds delay, std::function<void()> ring) override {
    const auto number = ++*alarm_number_;
    alarm_.expires_after(delay);
    alarm_.async_wait(
        [number, current = alarm_number_, ring = std::move(ring)](const error_code& cancelled) {
          // An alarm that is due already when it is set anew comes without an error.
          if (!cancelled && number == *current) ring();
        });
  }

  void silence_alarm() override {
    ++*alarm_number_;
    alarm_.cancel();
  }

 private:
  std::shared_ptr<Stream> stream_;  // shared with the operations under way
  asio::steady_timer alarm_;
  std::shared_ptr<std::uint64_t> alarm_number_ = std::make_shared<std::uint64_t>(0);
};

peer_address peer_of(const tcp::socket& socket) {
  error_code code;
  const auto remote = socket.remote_endpoint(code);
  peer_address peer;
  if (!code && remote.address().is_v4()) {
    const auto bytes = remote.address().to_v4().to_bytes();
    peer = make_peer(bytes.data(), bytes.size());
  } else if (!code) {
    const auto bytes = remote.address().to_v6().to_bytes();
    peer = make_peer(bytes.data(), bytes.size());
  }
  peer.port = remote.port();
  const auto local = socket.local_endpoint(code).address();
  peer.local =
      !code && (local.is_loopback() ||
                (local.is_v6() && local.to_v6().is_v4_mapped() &&
                 asio::ip::make_address_v4(asio::ip::v4_mapped, local.to_v6()).is_loopback()));
  return peer;
}

class listener {
 public:
  listener(asio::io_context& io, std::shared_ptr<ssl_ctx_st>& tls)
      : acceptor_{io}, pause_{io}, tls_{tls} {}

  [[nodiscard]] error_code open(const listen_address& address) {
    error_code code;
    const tcp::endpoint endpoint{asio::ip::make_address(address.address, code), address.port};
    if (code) return code;
    acceptor_.open(endpoint.protocol(), code);
    if (!code) acceptor_.set_option(tcp::acceptor::reuse_address(true), code);
    if (!code && endpoint.address().is_v6()) {
      acceptor_.set_option(asio::ip::v6_only(!endpoint.address().is_unspecified()), code);
    }
    if (!code) acceptor_.bind(endpoint, code);
    if (!code) acceptor_.listen(tcp::acceptor::max_listen_connections, code);
    return code;
  }

  [[nodiscard]] std::uint16_t port() const {
    error_code code;
    return acceptor_.local_endpoint(code).port();
  }

  void accept(const network::arrival& arrive) {
    acceptor_.async_accept([this, &arrive](const error_code& code, tcp::socket socket) {
      if (code == asio::error::operation_aborted || !acceptor_.is_open()) return;
      if (!code) {
        // First, so that the next one comes whatever becomes of this one.
        accept(arrive);
        arrived(std::move(socket), arrive);
        return;
      }
      // Out of descriptors, most likely: trying again at once would spin.
      pause_.expires_after(accept_pause);
      pause_.async_wait([this, &arrive](const error_code& cancelled) {
        if (!cancelled) accept(arrive);
      });
    });
  }

  void close() {
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
  }

 private:
  void arrived(tcp::socket socket, const network::arrival& arrive) {
    error_code ignored;  // only latency depends on it
    socket.set_option(tcp::no_delay(true), ignored);
    auto peer = peer_of(socket);
    if (tls_ == nullptr) {
      arrive(std::make_unique<socket_channel<plain_stream>>(std::move(socket)),
             std::move(peer));
      return;
    }
    SSL_CTX_up_ref(tls_.get());
    asio::ssl::context context{tls_.get()};  // takes over that reference
    arrive(std::make_unique<socket_channel<tls_stream>>(std::move(socket), context),
           std::move(peer));
  }

  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  std::shared_ptr<ssl_ctx_st>& tls_;
};

}  // namespace

struct network::state {
  asio::io_context io{1};  // one thread runs it
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  std::shared_ptr<ssl_ctx_st> tls;
  std::vector<std::unique_ptr<listener>> listeners;
  std::vector<listen_address> addresses;
  arrival on_arrival;
  std::thread thread;
};

network::network(std::unique_ptr<state> s) : state_{std::move(s)} {}

network::~network() {
  stop();
}

result<std::unique_ptr<network>> network::open(const std::vector<listen_address>& addresses,
                                               std::shared_ptr<ssl_ctx_st> tls) {
  auto made = std::make_unique<state>();
  made->tls = std::move(tls);
  for (auto address : addresses) {
    auto opened = std::make_unique<listener>(made->io, made->tls);
    if (const auto code = opened->open(address)) {
      return error{error_kind::invalid_argument,
                   "listening on " + to_string(address) + ": " + code.message()};
    }
    address.port = opened->port();
    made->addresses.push_back(address);
    made->listeners.push_back(std::move(opened));
  }
  return std::unique_ptr<network>{new network{std::move(made)}};
}

void network::start(arrival on_arrival) {
  state_->on_arrival = std::move(on_arrival);
  for (const auto& each : state_->listeners) each->accept(state_->on_arrival);
  state_->thread = std::thread{[this] {
    give_way_to_pictures();
    go_on_without_memory([this] { state_->io.run(); });
  }};
}

const std::vector<listen_address>& network::addresses() const noexcept {
  return state_->addresses;
}

void network::post(std::function<void()> task) {
  asio::post(state_->io, std::move(task));
}

void network::use_tls(std::shared_ptr<ssl_ctx_st> tls) {
  state_->tls = std::move(tls);
}

void network::stop_listening() {
  for (const auto& each : state_->listeners) each->close();
}

void network::stop() {
  state_->io.stop();
  if (state_->thread.joinable()) state_->thread.join();
}

}  // namespace camherd::http
