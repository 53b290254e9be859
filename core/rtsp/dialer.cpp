#include "core/rtsp/dialer.hpp"

#include "core/rtsp/network_words.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace camherd::rtsp {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t max_addresses = 8;
constexpr std::chrono::milliseconds head_start{250};

/// IPv6 and IPv4 in turns, beginning with the family that the system prefers.
name_lookup::address_list in_turns(const name_lookup::address_list& found) {
  name_lookup::address_list preferred;
  name_lookup::address_list other;
  for (const auto& address : found) {
    (address.is_v6() == found.front().is_v6() ? preferred : other).push_back(address);
  }
  name_lookup::address_list mixed;
  for (std::size_t i = 0; i < std::max(preferred.size(), other.size()); ++i) {
    if (i < preferred.size()) mixed.push_back(preferred[i]);
    if (i < other.size()) mixed.push_back(other[i]);
  }
  if (mixed.size() > max_addresses) mixed.resize(max_addresses);
  return mixed;
}

}  // namespace

void dialer::start(const std::string& host, std::uint16_t port,
                   std::size_t receive_buffer_bytes, done handler) {
  host_ = host;
  port_ = port;
  receive_buffer_bytes_ = receive_buffer_bytes;
  done_ = std::move(handler);
  error_code not_numeric;
  const auto address = asio::ip::make_address(host, not_numeric);
  if (!not_numeric) {
    asio::post(io_, [self = shared_from_this(), address] { self->resolved({address}); });
    return;
  }
  lookup_ = names_.begin(
      io_, host, [self = shared_from_this()](const result<name_lookup::address_list>& found) {
        self->looked_up(found);
      });
}

void dialer::cancel() {
  done_ = nullptr;
  if (const auto lookup = std::exchange(lookup_, std::nullopt)) names_.cancel(*lookup);
  next_try_.cancel();
  error_code ignored;
  for (auto& socket : sockets_) socket.close(ignored);
}

std::string dialer::waiting_for() const {
  if (sockets_.empty()) return "no answer to the name lookup of \"" + host_ + "\"";
  const auto& tried = endpoints_[sockets_.size() - 1];
  return "no answer from " + address_text(tried.address(), tried.port());
}

void dialer::looked_up(const result<name_lookup::address_list>& found) {
  lookup_.reset();
  if (found) {
    resolved(*found);
  } else {
    finish(found.error().within("name lookup of \"" + host_ + "\" failed"));
  }
}

void dialer::resolved(const name_lookup::address_list& found) {
  if (!done_) return;
  if (found.empty()) {
    finish(error{error_kind::retry, "name lookup of \"" + host_ + "\" found no address"});
    return;
  }
  for (const auto& address : in_turns(found)) endpoints_.emplace_back(address, port_);
  sockets_.reserve(endpoints_.size());
  try_next();
}

void dialer::try_next() {
  if (!done_ || sockets_.size() == endpoints_.size()) return;
  const auto index = sockets_.size();
  auto& socket = sockets_.emplace_back(io_);
  ++pending_;
  error_code code;
  socket.open(endpoints_[index].protocol(), code);
  if (code) {
    asio::post(io_, [self = shared_from_this(), index, code] { self->tried(index, code); });
    return;
  }
  if (receive_buffer_bytes_ > 0) {
    error_code ignored;  // the kernel may cut it; the connection reports what it got
    socket.set_option(
        asio::socket_base::receive_buffer_size(static_cast<int>(receive_buffer_bytes_)),
        ignored);
  }
  socket.async_connect(endpoints_[index],
                       [self = shared_from_this(), index](const error_code& connected) {
                         self->tried(index, connected);
                       });
  next_try_.expires_after(head_start);
  next_try_.async_wait([self = shared_from_this()](const error_code& cancelled) {
    if (!cancelled) self->try_next();
  });
}

void dialer::tried(std::size_t index, const error_code& code) {
  if (!done_) return;
  --pending_;
  if (!code) {
    finish(std::move(sockets_[index]));
    return;
  }
  const auto& endpoint = endpoints_[index];
  if (!first_error_) {
    first_error_ =
        error{code == asio::error::no_descriptors ? error_kind::internal : error_kind::retry,
              "connecting to " + address_text(endpoint.address(), endpoint.port()) + ": " +
                  in_words(code)};
  }
  if (sockets_.size() < endpoints_.size()) {
    try_next();
  } else if (pending_ == 0) {
    finish(*first_error_);
  }
}

void dialer::finish(result<socket_type> outcome) {
  if (!done_) return;
  auto handler = std::move(done_);
  cancel();
  handler(std::move(outcome));
}

}  // namespace camherd::rtsp
