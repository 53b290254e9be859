#pragma once

#include "core/base/result.hpp"
#include "core/rtsp/name_lookup.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace camherd::rtsp {

/// Finds a host's addresses and connects to the first that answers: IPv6 and IPv4 in turns, the
/// next one tried after a quarter of a second or as soon as one failed (RFC 8305, simplified).
/// Its own handlers keep it alive, so its owner holds it weakly. One thread.
class dialer : public std::enable_shared_from_this<dialer> {
 public:
  using socket_type = boost::asio::ip::tcp::socket;
  using done = std::function<void(result<socket_type>)>;

  /// Both outlive what waits for them, not necessarily this.
  dialer(boost::asio::io_context& io, name_lookup& names)
      : io_{io}, names_{names}, next_try_{io} {}

  /// Calls `done` once, not before it returns, unless cancelled. `receive_buffer_bytes` is set
  /// before connecting, when the TCP window is agreed on; 0 leaves the default. Errors name the
  /// address or the host name: `internal` where this machine lacks something, else `retry`.
  void start(const std::string& host, std::uint16_t port, std::size_t receive_buffer_bytes,
             done handler);

  /// Gives up; `done` is not called any more.
  void cancel();

  /// What it waits for, to complete a sentence: "no answer from 10.0.0.5:554".
  [[nodiscard]] std::string waiting_for() const;

 private:
  using endpoint_type = boost::asio::ip::tcp::endpoint;

  void looked_up(const result<name_lookup::address_list>& found);
  void resolved(const name_lookup::address_list& found);
  void try_next();
  void tried(std::size_t index, const boost::system::error_code& code);
  void finish(result<socket_type> outcome);

  boost::asio::io_context& io_;
  name_lookup& names_;
  std::optional<name_lookup::ticket> lookup_;  // begun, not answered
  boost::asio::steady_timer next_try_;
  std::string host_;
  std::uint16_t port_ = 0;
  std::size_t receive_buffer_bytes_ = 0;
  done done_;
  std::vector<endpoint_type> endpoints_;  // at most max_addresses
  std::vector<socket_type> sockets_;      // as many as were tried
  std::size_t pending_ = 0;
  std::optional<error> first_error_;
};

}  // namespace camherd::rtsp
