#pragma once

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/rtsp/message.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace camherd::rtsp {

/// Whether a camera's certificate must be signed by somebody this machine trusts.
enum class certificate_check : unsigned char { none, full };

/// Hears what arrives on a connection.
class connection_user {
 public:
  virtual void on_item(stream_parser::item& item, mono_time read_at) = 0;

  /// Everything that one read brought was passed to `on_item`.
  virtual void on_read_done() = 0;

  /// `rescue_response` found nothing to rescue.
  virtual void on_nothing_rescued() = 0;

  /// The connection is of no more use; it was not closed by its user. Comes at most once. Of
  /// kind `internal` where memory ran out, maybe in the middle of a call of the user.
  virtual void on_broken(const error& reason) = 0;

 protected:
  ~connection_user() = default;
};

/// A connected TCP or TLS stream that carries RTSP. Its pending operations keep it and its user
/// alive; the user holds it strongly, it holds the user weakly, so both go when the event loop
/// does. One thread.
class connection : public std::enable_shared_from_this<connection> {
 public:
  using socket_type = boost::asio::ip::tcp::socket;
  using context_type = boost::asio::ssl::context;

  connection(socket_type connected, message_limits limits, std::weak_ptr<connection_user> user);

  /// TLS handshake, with `host` as server name. Errors: `unsupported` where the peer does not
  /// speak TLS or its certificate is refused, else `retry`.
  void secure(const std::string& host, certificate_check check,
              std::function<void(result<void>)> done);

  /// Begins to read.
  void start() { read(); }

  /// Queues bytes, at most 64 KiB altogether: a peer that reads slower than we write such small
  /// messages is given up.
  void send(std::string bytes);

  /// Asks for an answer whose body is shorter than its header says: it comes to `on_item`, else
  /// `on_nothing_rescued` is called.
  void rescue_response();

  /// No call of the user follows.
  void close();

  [[nodiscard]] const boost::asio::ip::tcp::endpoint& local() const noexcept { return local_; }
  [[nodiscard]] const boost::asio::ip::tcp::endpoint& remote() const noexcept {
    return remote_;
  }
  [[nodiscard]] std::uint64_t garbage_bytes() const noexcept { return parser_.garbage_bytes(); }

  /// See `stream_parser::garbage_follows`.
  [[nodiscard]] bool garbage_follows() const noexcept { return parser_.garbage_follows(); }

  /// See `stream_parser::awaits_response_body`.
  [[nodiscard]] bool awaits_response_body() const noexcept {
    return parser_.awaits_response_body();
  }

  /// Size of the kernel's receive buffer as the kernel counts it (twice what was asked for).
  [[nodiscard]] std::size_t receive_buffer_bytes() const;

 private:
  void read();
  void on_read(connection_user& user, const boost::system::error_code& code, std::size_t size);
  void pass_items(connection_user& user, mono_time read_at);
  void rescue(connection_user& user);
  void write();
  void broken(error reason);
  void shut();

  socket_type socket_;
  std::shared_ptr<context_type> context_;
  std::optional<boost::asio::ssl::stream<socket_type&>> tls_;
  stream_parser parser_;
  std::weak_ptr<connection_user> user_;
  boost::asio::ip::tcp::endpoint local_;
  boost::asio::ip::tcp::endpoint remote_;
  std::deque<std::string> queue_;  // at most max_queued_bytes; more closes the connection
  std::size_t queued_bytes_ = 0;
  bool rescuing_ = false;
  bool closed_ = false;
};

}  // namespace camherd::rtsp
