#pragma once

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/rtsp/message.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/udp.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace camherd::rtsp {

/// Hears what arrives over UDP. `bytes` is valid during the call.
class datagram_user {
 public:
  virtual void on_rtp(std::span<const std::uint8_t> bytes, mono_time received_at) = 0;
  virtual void on_rtcp(std::span<const std::uint8_t> bytes, mono_time received_at) = 0;

  /// Everything that one wake-up brought was passed on.
  virtual void on_datagrams_done() = 0;

 protected:
  ~datagram_user() = default;
};

/// A pair of UDP ports for one track (RFC 3550 section 11): RTP on an even port, RTCP on the
/// next. Its pending operations keep it and its user alive; it holds the user weakly. One
/// thread.
class udp_transport : public std::enable_shared_from_this<udp_transport> {
 public:
  using address = boost::asio::ip::address;

  udp_transport(boost::asio::io_context& io, std::weak_ptr<datagram_user> user);
  ~udp_transport();

  /// Binds a pair of ports on `local`. Errors: `internal`.
  [[nodiscard]] result<void> bind(const address& local, std::size_t receive_buffer_bytes);

  /// Listens to `server`, and to the `source` that the SETUP answer names: packets of anybody
  /// else are left out. Sends a small packet to each of the server's ports, so that a firewall
  /// between lets theirs through.
  void open(const address& server, const transport_header& answer);

  /// Sends an RTCP packet to the server if it named its port.
  void send_rtcp(std::span<const std::uint8_t> bytes);

  void close();

  [[nodiscard]] std::uint16_t rtp_port() const noexcept { return rtp_port_; }

  /// Size of the kernel's receive buffer for RTP as the kernel counts it (twice what was asked
  /// for).
  [[nodiscard]] std::size_t receive_buffer_bytes() const;

 private:
  using socket_type = boost::asio::ip::udp::socket;
  enum class port_kind : unsigned char { rtp, rtcp };
  class batch;

  [[nodiscard]] boost::system::error_code try_bind(const address& local);
  void wait(port_kind kind);
  void drain(datagram_user& user, port_kind kind);
  void send(socket_type& from, std::span<const std::uint8_t> bytes, std::uint16_t port);
  [[nodiscard]] socket_type& socket_of(port_kind kind) noexcept {
    return kind == port_kind::rtp ? rtp_ : rtcp_;
  }

  boost::asio::io_context& io_;
  socket_type rtp_;
  socket_type rtcp_;
  std::weak_ptr<datagram_user> user_;
  std::unique_ptr<batch> batch_;
  std::array<address, 2> senders_;  // the server, and the source it named (or itself again)
  std::uint16_t rtp_port_ = 0;
  std::uint16_t server_rtp_port_ = 0;   // 0: not known
  std::uint16_t server_rtcp_port_ = 0;  // 0: not known
};

}  // namespace camherd::rtsp
