#pragma once

#include "core/rtsp/connection.hpp"
#include "core/rtsp/dialer.hpp"
#include "core/rtsp/exchange.hpp"
#include "core/rtsp/io_pool.hpp"
#include "core/rtsp/media_pipeline.hpp"
#include "core/rtsp/session.hpp"
#include "core/rtsp/udp_transport.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>

namespace camherd::rtsp {

/// The state machine behind `make_session`. Everything but `start`, `stop` and `statistics`
/// runs on the one thread of its event loop.
///
///     idle -> connecting -> opening -> streaming -> closing -> ended
///     connecting | opening -> connecting      redirected
///     closing -> connecting                   UDP failed, TCP is next
///     any -> ended
///
/// Split over session.cpp (life and death), session_handshake.cpp (OPTIONS to PLAY) and
/// session_streaming.cpp (media, keepalive, requests of the server).
class session_machine final : public source,
                              public connection_user,
                              public datagram_user,
                              public std::enable_shared_from_this<session_machine> {
 public:
  session_machine(io_pool& pool, camera_url url, session_options options,
                  std::shared_ptr<source_listener> listener);

  void start() override;
  void stop() override;
  [[nodiscard]] source_statistics statistics() const override;

  void on_item(stream_parser::item& item, mono_time read_at) override;
  void on_read_done() override;
  void on_nothing_rescued() override;
  void on_broken(const error& reason) override;

  void on_rtp(std::span<const std::uint8_t> bytes, mono_time received_at) override;
  void on_rtcp(std::span<const std::uint8_t> bytes, mono_time received_at) override;
  void on_datagrams_done() override;

 private:
  enum class phase : std::uint8_t { idle, connecting, opening, streaming, closing, ended };
  enum class keepalive_method : std::uint8_t { get_parameter, options };

  // Life and death.
  void connect();
  void connected(result<dialer::socket_type> outcome);
  void secured(const result<void>& outcome);
  void connect_deadline_passed();
  void stop_now();
  /// Ends the session, after TEARDOWN if the camera has one of ours.
  void finish(error reason);
  void tear_down();
  void torn_down();
  void leave_connection();
  void drop_media();
  void end(const error& reason);
  void publish_statistics();
  [[nodiscard]] error in_context(const error& reason) const;
  [[nodiscard]] error failure(error_kind kind, const std::string& what) const;
  void notice(const std::string& text);

  // OPTIONS to PLAY.
  void ask(request what, void (session_machine::*handler)(const response&));
  void send_options();
  void options_answered(const response& answer);
  void send_describe();
  void described(const response& answer);
  void send_setup();
  void set_up(const response& answer);
  [[nodiscard]] result<transport_header> agreed_transport(const response& answer) const;
  void send_play();
  void play_answered(const result<response>& outcome);
  /// Follows a redirection; false if the answer is none.
  [[nodiscard]] bool redirected(const response& answer);
  [[nodiscard]] error status_error(const response& answer) const;
  void fall_back(const std::string& why);
  void check_receive_buffer(std::size_t granted);

  /// A body that stopped coming is complete as it is: some cameras state a wrong length.
  void watch_body();

  // Streaming.
  void begin_streaming();
  void deliver(access_unit unit);
  /// Calls `use` with the media; what it has no memory for ends the session.
  template <class Use>
  void with_media(Use use);
  void take_rtcp(std::span<const std::uint8_t> bytes, mono_time received_at);
  void take_interleaved(const interleaved_packet& packet, mono_time read_at);
  void answer_request(const request& asked);
  void schedule_keepalive();
  void send_keepalive();
  void keepalive_answered(const result<response>& outcome);
  void schedule_report();
  void send_report();
  void schedule_expiry();
  void schedule_probe();
  void probe_passed();

  io_pool& pool_;
  boost::asio::io_context& io_;
  const session_options options_;
  camera_url url_;          // where the session is now; redirections change it
  std::string label_;       // "rtsp 10.0.0.5:554 (from 10.0.0.2:40000)"
  rtsp::transport wanted_;  // tcp or udp or automatic; automatic becomes tcp when it falls back
  std::shared_ptr<source_listener> listener_;
  phase phase_ = phase::idle;
  unsigned redirects_ = 0;

  std::weak_ptr<dialer> dialer_;
  std::shared_ptr<connection> connection_;
  exchange exchange_;
  std::shared_ptr<udp_transport> udp_;
  std::unique_ptr<media_pipeline> media_;

  std::set<std::string> methods_;  // upper case, of the Public header; empty if not known
  chosen_tracks tracks_;
  bool set_up_ = false;   // the camera keeps a session for us
  bool resumes_ = false;  // the next connection goes on with the challenge of the last
  std::uint8_t rtp_channel_ = 0;
  std::uint8_t rtcp_channel_ = 1;
  std::chrono::milliseconds keepalive_interval_{};
  keepalive_method keepalive_method_ = keepalive_method::options;
  mono_time next_keepalive_{};
  std::optional<error> last_word_;  // why the session ends, once TEARDOWN is answered

  boost::asio::steady_timer connect_timer_;
  boost::asio::steady_timer body_timer_;
  boost::asio::steady_timer keepalive_timer_;
  boost::asio::steady_timer report_timer_;
  boost::asio::steady_timer expiry_timer_;
  boost::asio::steady_timer probe_timer_;

  std::uint64_t next_sequence_ = 0;
  bool stream_announced_ = false;
  std::uint64_t garbage_before_ = 0;  // the last RTP packet, in bytes of the connection
  bool garbage_noticed_ = false;
  bool channel_noticed_ = false;
  bool keepalive_noticed_ = false;
  source_statistics earlier_;  // of transports given up

  // Read by any thread, written once for each batch of packets.
  mutable std::mutex published_mutex_;
  source_statistics published_;
};

/// How long to wait between keepalives to stay well inside a session timeout: half of it, or 5
/// s less if that is sooner, but never under a third, and at most a minute.
[[nodiscard]] std::chrono::milliseconds keepalive_interval(std::chrono::seconds timeout);

}  // namespace camherd::rtsp
