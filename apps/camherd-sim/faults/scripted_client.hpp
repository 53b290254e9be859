#pragma once

#include "apps/camherd-sim/faults/scripted_camera.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <deque>

namespace camherd::faults {

/// What a scripted camera has seen; implemented by the camera, which guards it.
class camera_record {
 public:
  virtual void saw_request(const seen_request& request) = 0;
  virtual void saw_answer(std::string message) = 0;
  virtual void saw_report(byte_vector bytes) = 0;
  virtual void saw_path_opener() = 0;
  virtual void saw_close() = 0;

  /// The next reaction to `method` that the script has.
  [[nodiscard]] virtual reaction reaction_to(const std::string& method) = 0;

  /// A client plays now; what was held back for it may be sent.
  virtual void client_plays() = 0;

  /// How the camera behaves now, and the number of that, which no other has.
  [[nodiscard]] virtual const script& told() const = 0;
  [[nodiscard]] virtual unsigned edition() const = 0;

 protected:
  ~camera_record() = default;
};

/// The camera's side of one RTSP connection. On the camera's thread.
class scripted_client : public std::enable_shared_from_this<scripted_client> {
 public:
  using tcp = boost::asio::ip::tcp;
  using udp = boost::asio::ip::udp;

  scripted_client(tcp::socket socket, camera_record& record, boost::asio::ssl::context* tls,
                  unsigned number);

  void start();
  void close();

  [[nodiscard]] bool plays() const noexcept { return plays_; }
  [[nodiscard]] bool closed() const noexcept { return closed_; }

  void send_unit(const fed_unit& unit);
  void send_rtcp(const byte_vector& bytes);
  void send_bytes(std::string bytes);
  void ask(const std::string& method);
  void stop_reading() { deaf_ = true; }
  void change_ssrc(std::uint32_t ssrc) { packetizer_.change_ssrc(ssrc); }

 private:
  void read();
  [[nodiscard]] bool take_message();
  void take_request(const std::string& message);
  void react(const seen_request& request);
  void answer(const seen_request& request, const reaction& how);
  [[nodiscard]] std::string answer_text(const seen_request& request, const reaction& how);
  [[nodiscard]] std::string transport_answer(const seen_request& request, reaction& how);
  void drip(std::string text);
  void expect_keepalive();
  void write();
  void send_packet(const byte_vector& packet);
  void impair(const byte_vector& packet);
  void transmit(const byte_vector& packet);
  void frame(unsigned channel, const byte_vector& packet);
  void open_udp(const std::string& client_ports);
  void listen_udp(std::size_t which);
  void send_as_stranger(const byte_vector& packet);

  tcp::socket socket_;
  camera_record& record_;
  std::optional<boost::asio::ssl::stream<tcp::socket&>> tls_;
  unsigned number_;
  boost::asio::steady_timer drip_timer_;
  boost::asio::steady_timer session_timer_;
  std::string received_;
  std::array<char, 16384> room_{};
  std::deque<std::string> outgoing_;
  std::size_t outgoing_bytes_ = 0;
  std::string flood_;  // sent again whenever everything was
  bool closes_when_written_ = false;
  login_desk login_;
  packetizer packetizer_;
  unsigned packets_ = 0;
  std::optional<byte_vector> late_;
  impairment impairment_;
  std::optional<unsigned> impairment_edition_;
  bool plays_ = false;
  bool closed_ = false;
  bool deaf_ = false;
  unsigned rtp_channel_ = 0;
  std::array<std::optional<udp::socket>, 2> udp_;
  std::array<std::uint16_t, 2> client_ports_{};
  std::array<std::array<std::uint8_t, 2048>, 2> datagrams_{};
  unsigned own_cseq_ = 0;
};

}  // namespace camherd::faults
