#include "core/rtsp/connection.hpp"

#include "core/base/memory_shortage.hpp"
#include "core/rtsp/network_words.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/write.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/sslerr.h>
#include <openssl/x509_vfy.h>

#include <new>
#include <utility>

namespace camherd::rtsp {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// Large, so that a picture takes few system calls.
constexpr std::size_t read_size = 64 * 1024;
constexpr std::size_t max_queued_bytes = 64 * 1024;

std::shared_ptr<asio::ssl::context> make_context(certificate_check check) {
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
  error_code ignored;
  if (check == certificate_check::full) {
    context->set_default_verify_paths(ignored);
    context->set_verify_mode(asio::ssl::verify_peer, ignored);
  } else {
    // Cameras of ten years ago have short keys and old protocols; without a check of the
    // certificate these are not the weak point.
    context->set_verify_mode(asio::ssl::verify_none, ignored);
    SSL_CTX_set_security_level(context->native_handle(), 0);
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_VERSION);
  }
  return context;
}

error tls_error(const error_code& code, SSL* ssl) {
  const long verified = SSL_get_verify_result(ssl);
  if (SSL_get_verify_mode(ssl) != SSL_VERIFY_NONE && verified != X509_V_OK) {
    return error{error_kind::unsupported,
                 std::string{"TLS: the camera's certificate is refused: "} +
                     X509_verify_cert_error_string(verified) +
                     " (install its authority, or do not ask for verification)"};
  }
  if (code.category() == asio::error::get_ssl_category()) {
    const auto reason = ERR_GET_REASON(static_cast<unsigned long>(code.value()));
    if (reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST) {
      return error{error_kind::unsupported,
                   "TLS: the camera does not speak TLS on this port (try rtsp:// or another "
                   "port)"};
    }
  }
  return error{error_kind::retry, "TLS: handshake failed: " + in_words(code)};
}

}  // namespace

connection::connection(socket_type connected, message_limits limits,
                       std::weak_ptr<connection_user> user)
    : socket_{std::move(connected)}, parser_{limits}, user_{std::move(user)} {
  error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
  local_ = socket_.local_endpoint(ignored);
  remote_ = socket_.remote_endpoint(ignored);
}

void connection::secure(const std::string& host, certificate_check check,
                        std::function<void(result<void>)> done) {
  context_ = make_context(check);
  tls_.emplace(socket_, *context_);
  error_code not_numeric;
  asio::ip::make_address(host, not_numeric);
  if (not_numeric) SSL_set_tlsext_host_name(tls_->native_handle(), host.c_str());
  error_code ignored;
  if (check == certificate_check::full) {
    tls_->set_verify_callback(asio::ssl::host_name_verification{host}, ignored);
  }
  tls_->async_handshake(
      asio::ssl::stream_base::client,
      [self = shared_from_this(), done = std::move(done)](const error_code& code) {
        if (self->closed_) return;
        if (code) {
          done(tls_error(code, self->tls_->native_handle()));
        } else {
          done({});
        }
      });
}

void connection::send(std::string bytes) {
  if (closed_) return;
  queued_bytes_ += bytes.size();
  if (queued_bytes_ > max_queued_bytes) {
    broken(error{error_kind::retry, "the camera does not read what we send"});
    return;
  }
  queue_.push_back(std::move(bytes));
  if (queue_.size() == 1) write();
}

void connection::write() {
  auto user = user_.lock();
  if (!user) return;
  auto written = [self = shared_from_this(), user = std::move(user)](const error_code& code,
                                                                     std::size_t) {
    if (self->closed_) return;
    if (code) {
      // Answers sent before the peer closed may still wait to be read; the read finds the end.
      if (code != asio::error::broken_pipe && code != asio::error::connection_reset) {
        self->broken(error{error_kind::retry, "sending: " + in_words(code)});
      }
      return;
    }
    self->queued_bytes_ -= self->queue_.front().size();
    self->queue_.pop_front();
    if (!self->queue_.empty()) self->write();
  };
  const auto bytes = asio::buffer(queue_.front());
  if (tls_) {
    asio::async_write(*tls_, bytes, std::move(written));
  } else {
    asio::async_write(socket_, bytes, std::move(written));
  }
}

void connection::read() {
  auto user = user_.lock();
  if (closed_ || !user) return;
  const auto room = parser_.prepare(read_size);
  auto handler = [self = shared_from_this(), user = std::move(user)](const error_code& code,
                                                                     std::size_t size) {
    try {
      self->on_read(*user, code, size);
    } catch (const std::bad_alloc&) {
      self->broken(no_memory_for("what the camera sends"));
    }
  };
  const auto target = asio::buffer(room.data(), room.size());
  if (tls_) {
    tls_->async_read_some(target, std::move(handler));
  } else {
    socket_.async_read_some(target, std::move(handler));
  }
}

void connection::on_read(connection_user& user, const error_code& code, std::size_t size) {
  if (closed_) return;
  const auto now = std::chrono::steady_clock::now();
  parser_.commit(size);
  pass_items(user, now);
  if (closed_) return;
  if (std::exchange(rescuing_, false)) rescue(user);
  if (closed_) return;
  if (code && code != asio::error::operation_aborted) {
    broken(error{error_kind::retry, in_words(code)});
    return;
  }
  user.on_read_done();
  read();
}

void connection::pass_items(connection_user& user, mono_time read_at) {
  while (!closed_) {
    auto item = parser_.next();
    if (!item) {
      broken(item.error());
      return;
    }
    if (!item->has_value()) return;
    user.on_item(**item, read_at);
  }
}

void connection::rescue_response() {
  // The parser's room belongs to the pending read, which must come back first.
  rescuing_ = true;
  error_code ignored;
  socket_.cancel(ignored);
}

void connection::rescue(connection_user& user) {
  auto found = parser_.take_incomplete_response();
  if (!found) {
    user.on_nothing_rescued();
    return;
  }
  stream_parser::item item{std::move(*found)};
  user.on_item(item, std::chrono::steady_clock::now());
}

void connection::close() {
  user_.reset();
  shut();
}

void connection::shut() {
  closed_ = true;
  error_code ignored;
  socket_.close(ignored);
}

std::size_t connection::receive_buffer_bytes() const {
  asio::socket_base::receive_buffer_size size;
  error_code ignored;
  socket_.get_option(size, ignored);
  return static_cast<std::size_t>(size.value());
}

void connection::broken(error reason) {
  if (closed_) return;
  shut();
  // Posted, because the user may be in the middle of sending.
  asio::post(socket_.get_executor(),
             [self = shared_from_this(), user = user_.lock(), reason = std::move(reason)] {
               if (!self->user_.expired()) user->on_broken(reason);
             });
}

}  // namespace camherd::rtsp
