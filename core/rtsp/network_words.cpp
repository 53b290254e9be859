#include "core/rtsp/network_words.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>

namespace camherd::rtsp {

namespace asio = boost::asio;

std::string in_words(const boost::system::error_code& code) {
  if (code == asio::error::connection_refused) {
    return "connection refused (nothing listens on this port)";
  }
  if (code == asio::error::host_unreachable) return "host unreachable (no route, or it is off)";
  if (code == asio::error::network_unreachable) return "network unreachable (no route)";
  if (code == asio::error::timed_out) return "no answer from the host";
  if (code == asio::error::host_not_found || code == asio::error::no_data) {
    return "no such host name";
  }
  if (code == asio::error::host_not_found_try_again) {
    return "the name server does not answer";
  }
  if (code == asio::error::eof || code == asio::ssl::error::stream_truncated) {
    return "the camera closed the connection";
  }
  if (code == asio::error::connection_reset || code == asio::error::broken_pipe) {
    return "the camera reset the connection";
  }
  if (code == asio::error::no_descriptors) {
    return "no file descriptor left (raise the limit with ulimit -n)";
  }
  return code.message();
}

std::string address_text(const asio::ip::address& address, std::uint16_t port) {
  const auto text = address.to_string();
  return (address.is_v6() ? "[" + text + "]" : text) + ":" + std::to_string(port);
}

}  // namespace camherd::rtsp
