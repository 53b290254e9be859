#include "core/rtsp/udp_transport.hpp"

#include "core/rtsp/network_words.hpp"

#include <boost/asio/buffer.hpp>
#include <sys/socket.h>

#include <cstring>
#include <utility>

namespace camherd::rtsp {

namespace asio = boost::asio;
using asio::ip::udp;
using boost::system::error_code;

namespace {

constexpr unsigned bind_tries = 64;
// After so many batches the other sessions of the thread get their turn.
constexpr unsigned batches_a_turn = 8;

// RTP and RTCP headers without content (RFC 3550 sections 5.1 and 6.4.2).
constexpr std::array<std::uint8_t, 12> empty_rtp{0x80};
constexpr std::array<std::uint8_t, 8> empty_rtcp{0x80, 201, 0, 1};

asio::ip::address address_of(const sockaddr_storage& from) {
  if (from.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &from, sizeof v4);
    return asio::ip::address_v4{ntohl(v4.sin_addr.s_addr)};
  }
  sockaddr_in6 v6{};
  std::memcpy(&v6, &from, sizeof v6);
  asio::ip::address_v6::bytes_type bytes;
  std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  return asio::ip::address_v6{bytes, v6.sin6_scope_id};
}

}  // namespace

/// Room for the datagrams of one system call. Each may have the greatest size UDP allows, since
/// some cameras send pictures in fragmented datagrams; pages never written to cost no memory.
class udp_transport::batch {
 public:
  batch() : room_{std::make_unique_for_overwrite<std::uint8_t[]>(count * datagram_size)} {
    for (std::size_t i = 0; i < count; ++i) {
      vectors_[i] = {room_.get() + i * datagram_size, datagram_size};
      messages_[i] = {};
      messages_[i].msg_hdr.msg_iov = &vectors_[i];
      messages_[i].msg_hdr.msg_iovlen = 1;
      messages_[i].msg_hdr.msg_name = &senders_[i];
    }
  }

  /// Number of datagrams received; 0 if none waits.
  std::size_t receive(int fd) {
    for (auto& message : messages_) message.msg_hdr.msg_namelen = sizeof(sockaddr_storage);
    const int got = ::recvmmsg(fd, messages_.data(), count, MSG_DONTWAIT, nullptr);
    return got > 0 ? static_cast<std::size_t>(got) : 0;
  }

  [[nodiscard]] bool is_full(std::size_t received) const { return received == count; }

  [[nodiscard]] std::span<const std::uint8_t> bytes(std::size_t i) const {
    return {room_.get() + i * datagram_size, messages_[i].msg_len};
  }

  [[nodiscard]] asio::ip::address sender(std::size_t i) const {
    return address_of(senders_[i]);
  }

 private:
  static constexpr std::size_t count = 16;
  static constexpr std::size_t datagram_size = 65536;

  std::unique_ptr<std::uint8_t[]> room_;
  std::array<iovec, count> vectors_;
  std::array<mmsghdr, count> messages_;
  std::array<sockaddr_storage, count> senders_;
};

udp_transport::udp_transport(asio::io_context& io, std::weak_ptr<datagram_user> user)
    : io_{io}, rtp_{io}, rtcp_{io}, user_{std::move(user)}, batch_{std::make_unique<batch>()} {}

udp_transport::~udp_transport() = default;

namespace {

error_code bind_to(udp::socket& socket, const udp::endpoint& local) {
  error_code code;
  socket.open(local.protocol(), code);
  if (!code) socket.bind(local, code);
  return code;
}

}  // namespace

error_code udp_transport::try_bind(const address& local) {
  socket_type first{io_};
  socket_type second{io_};
  auto code = bind_to(first, {local, 0});
  if (code) return code;
  const auto port = first.local_endpoint(code).port();
  // Whichever of the pair the kernel gave, the other is its neighbour.
  const bool even = port % 2 == 0;
  code = bind_to(second, {local, static_cast<std::uint16_t>(even ? port + 1 : port - 1)});
  if (code) return code;
  rtp_ = std::move(even ? first : second);
  rtcp_ = std::move(even ? second : first);
  rtp_port_ = rtp_.local_endpoint(code).port();
  return code;
}

result<void> udp_transport::bind(const address& local, std::size_t receive_buffer_bytes) {
  error_code code;
  for (unsigned i = 0; i < bind_tries; ++i) {
    code = try_bind(local);
    if (!code) break;
  }
  if (code) {
    return error{error_kind::internal,
                 "binding a pair of UDP ports on " + local.to_string() + ": " + in_words(code)};
  }
  error_code ignored;  // the caller compares with what the kernel granted
  rtp_.set_option(
      asio::socket_base::receive_buffer_size(static_cast<int>(receive_buffer_bytes)), ignored);
  return {};
}

void udp_transport::open(const address& server, const transport_header& answer) {
  senders_ = {server, server};
  if (answer.source) {
    error_code not_numeric;
    const auto named = asio::ip::make_address(*answer.source, not_numeric);
    if (!not_numeric && !named.is_unspecified()) senders_[1] = named;
  }
  server_rtp_port_ = answer.server_rtp_port.value_or(0);
  server_rtcp_port_ = answer.server_rtcp_port.value_or(0);
  send(rtp_, empty_rtp, server_rtp_port_);
  send(rtcp_, empty_rtcp, server_rtcp_port_);
  wait(port_kind::rtp);
  wait(port_kind::rtcp);
}

void udp_transport::send(socket_type& from, std::span<const std::uint8_t> bytes,
                         std::uint16_t port) {
  if (port == 0) return;
  error_code ignored;  // as for any datagram, nobody promised that it arrives
  from.send_to(asio::buffer(bytes.data(), bytes.size()), {senders_[1], port},
               MSG_DONTWAIT | MSG_NOSIGNAL, ignored);
}

void udp_transport::send_rtcp(std::span<const std::uint8_t> bytes) {
  send(rtcp_, bytes, server_rtcp_port_);
}

void udp_transport::wait(port_kind kind) {
  auto user = user_.lock();
  if (!user) return;
  socket_of(kind).async_wait(
      socket_type::wait_read,
      [self = shared_from_this(), user = std::move(user), kind](const error_code& code) {
        if (code || !self->socket_of(kind).is_open()) return;
        self->drain(*user, kind);
        if (self->socket_of(kind).is_open()) self->wait(kind);
      });
}

void udp_transport::drain(datagram_user& user, port_kind kind) {
  auto& from = socket_of(kind);
  for (unsigned turn = 0; turn < batches_a_turn && from.is_open(); ++turn) {
    const auto received = batch_->receive(from.native_handle());
    const auto now = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < received && from.is_open(); ++i) {
      const auto sender = batch_->sender(i);
      if (sender != senders_[0] && sender != senders_[1]) continue;
      if (kind == port_kind::rtp) {
        user.on_rtp(batch_->bytes(i), now);
      } else {
        user.on_rtcp(batch_->bytes(i), now);
      }
    }
    if (!batch_->is_full(received)) break;
  }
  user.on_datagrams_done();
}

std::size_t udp_transport::receive_buffer_bytes() const {
  asio::socket_base::receive_buffer_size size;
  error_code ignored;
  rtp_.get_option(size, ignored);
  return static_cast<std::size_t>(size.value());
}

void udp_transport::close() {
  error_code ignored;
  rtp_.close(ignored);
  rtcp_.close(ignored);
}

}  // namespace camherd::rtsp
