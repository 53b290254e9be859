#include "apps/camherd-sim/faults/scripted_client.hpp"

#include "core/base/text.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <chrono>
#include <string_view>

namespace camherd::faults {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr const char* session_id = "5C21DEC0DE";

std::string default_sdp() {
  return "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=scripted camera\r\nt=0 0\r\na=control:*\r\n"
         "m=audio 0 RTP/AVP 0\r\na=control:audio\r\n"
         "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
         "a=fmtp:96 packetization-mode=1;sprop-parameter-sets=" +
         test_sprop() + "\r\na=framerate:6\r\na=control:video\r\n";
}

std::string with_line_end(const std::string& text, const std::string& line_end) {
  if (line_end == "\r\n") return text;
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += line_end;
    } else if (c != '\r') {
      out += c;
    }
  }
  return out;
}

std::string with_cseq(std::string text, const seen_request& request) {
  constexpr std::string_view place = "@CSEQ@";
  if (const auto at = text.find(place); at != text.npos) {
    text.replace(at, place.size(), request.header("cseq"));
  }
  return text;
}

}  // namespace

scripted_client::scripted_client(tcp::socket socket, camera_record& record,
                                 asio::ssl::context* tls, unsigned number)
    : socket_{std::move(socket)},
      record_{record},
      number_{number},
      drip_timer_{socket_.get_executor()},
      session_timer_{socket_.get_executor()},
      login_{record.told().login},
      packetizer_{record.told().media} {
  error_code ignored;
  socket_.set_option(tcp::no_delay{true}, ignored);
  if (tls != nullptr) tls_.emplace(socket_, *tls);
}

void scripted_client::start() {
  if (!tls_) {
    read();
    return;
  }
  tls_->async_handshake(asio::ssl::stream_base::server,
                        [self = shared_from_this()](const error_code& code) {
                          if (code) {
                            self->close();
                          } else {
                            self->read();
                          }
                        });
}

void scripted_client::close() {
  if (closed_) return;
  closed_ = true;
  plays_ = false;
  error_code ignored;
  socket_.close(ignored);
  drip_timer_.cancel();
  session_timer_.cancel();
  for (auto& socket : udp_) {
    if (socket) socket->close(ignored);
  }
  record_.saw_close();
}

void scripted_client::read() {
  auto handler = [self = shared_from_this()](const error_code& code, std::size_t size) {
    if (code) {
      self->close();
      return;
    }
    self->received_.append(self->room_.data(), size);
    while (!self->closed_ && self->take_message()) {
    }
    if (!self->closed_ && !self->deaf_) self->read();
  };
  if (tls_) {
    tls_->async_read_some(asio::buffer(room_), std::move(handler));
  } else {
    socket_.async_read_some(asio::buffer(room_), std::move(handler));
  }
}

bool scripted_client::take_message() {
  if (received_.empty()) return false;
  if (received_[0] == '$') {
    if (received_.size() < 4) return false;
    const auto size = static_cast<std::size_t>(static_cast<std::uint8_t>(received_[2])) * 256 +
                      static_cast<std::uint8_t>(received_[3]);
    if (received_.size() < 4 + size) return false;
    record_.saw_report(
        {received_.begin() + 4, received_.begin() + 4 + static_cast<std::ptrdiff_t>(size)});
    received_.erase(0, 4 + size);
    return true;
  }
  if (received_[0] == 0x16) {  // a TLS handshake where plain RTSP is spoken
    received_.clear();
    closes_when_written_ = true;
    send_bytes("RTSP/1.0 400 Bad Request\r\n\r\n");
    return false;
  }
  const auto end = received_.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  const auto message = received_.substr(0, end + 4);
  received_.erase(0, end + 4);
  if (message.rfind("RTSP/", 0) == 0) {
    record_.saw_answer(message);
  } else {
    take_request(message);
  }
  return true;
}

void scripted_client::take_request(const std::string& message) {
  seen_request seen;
  seen.connection = number_;
  seen.at = std::chrono::steady_clock::now();
  std::size_t at = message.find("\r\n");
  const auto first = message.substr(0, at);
  const auto space = first.find(' ');
  seen.method = first.substr(0, space);
  seen.uri = first.substr(space + 1, first.rfind(' ') - space - 1);
  for (at += 2; at < message.size();) {
    const auto end = message.find("\r\n", at);
    const auto line = message.substr(at, end - at);
    const auto colon = line.find(": ");
    if (colon != std::string::npos) {
      seen.headers[lower_case(line.substr(0, colon))] = line.substr(colon + 2);
    }
    at = end + 2;
  }
  react(seen);
}

void scripted_client::react(const seen_request& request) {
  // Recorded first, so that who got the answer finds the request.
  record_.saw_request(request);
  if (const auto challenge = login_.refuse(request.method, request.header("authorization"))) {
    auto unauthorized = refuse(401, "Unauthorized");
    unauthorized.headers = {{"WWW-Authenticate", *challenge}};
    closes_when_written_ = record_.told().login.hangs_up;
    answer(request, unauthorized);
    return;
  }
  const auto& told = record_.told();
  if (told.keepalive_methods.contains(request.method)) expect_keepalive();
  const auto how = record_.reaction_to(request.method);
  const bool begins_to_play = request.method == "PLAY" && how.status == 200;
  if (begins_to_play && !told.keepalive_methods.empty()) expect_keepalive();
  if (begins_to_play && record_.told().pictures_before_play_answer) {
    plays_ = true;
    record_.client_plays();
  }
  answer(request, how);
  if (begins_to_play && !plays_ && !closed_) {
    plays_ = true;
    record_.client_plays();
  }
  if (request.method == "TEARDOWN") plays_ = false;
}

void scripted_client::answer(const seen_request& request, const reaction& how) {
  using act = reaction::act;
  switch (how.what) {
    case act::silence:
      return;
    case act::hang_up:
      close();
      return;
    case act::garbage:
      closes_when_written_ = true;
      send_bytes(std::string(100000, '\x7f'));
      return;
    case act::verbatim:
      send_bytes(with_cseq(how.text, request));
      return;
    case act::endless:
      while (flood_.size() < room_.size()) flood_ += how.again;
      send_bytes(with_cseq(how.text, request));
      return;
    case act::drip:
      drip(answer_text(request, how));
      return;
    case act::farewell:
      closes_when_written_ = true;
      [[fallthrough]];
    case act::answer:
    case act::wrong_cseq:
    case act::no_cseq:
      send_bytes(answer_text(request, how));
      return;
  }
}

std::string scripted_client::answer_text(const seen_request& request, const reaction& given) {
  reaction how = given;
  std::string body;
  std::string text = "Server: scripted camera\r\n";
  if (how.what == reaction::act::wrong_cseq) {
    text += "CSeq: 4711\r\n";
  } else if (how.what != reaction::act::no_cseq) {
    text += "CSeq: " + request.header("cseq") + "\r\n";
  }
  const bool setup = request.method == "SETUP" && how.status == 200;
  if (setup) text += transport_answer(request, how);
  if (how.status == 200) {
    if (request.method == "OPTIONS") text += "Public: " + record_.told().methods + "\r\n";
    if (request.method == "DESCRIBE") {
      body = record_.told().sdp.value_or(default_sdp());
      text +=
          "Content-Type: application/sdp\r\nContent-Base: " + request.uri +
          "/\r\nContent-Length: " +
          std::to_string(static_cast<int>(with_line_end(body, record_.told().line_end).size()) +
                         record_.told().content_length_lie) +
          "\r\n";
    }
    if (setup) {
      text += std::string{"Session: "} + session_id +
              ";timeout=" + std::to_string(record_.told().session_timeout) + "\r\n";
    }
    if (request.method == "PLAY" && !record_.told().rtp_info.empty()) {
      text += "RTP-Info: " + record_.told().rtp_info + "\r\n";
    }
  }
  for (const auto& [name, value] : how.headers) text += name + ": " + value + "\r\n";
  return with_line_end("RTSP/1.0 " + std::to_string(how.status) + " " + how.reason + "\r\n" +
                           text + "\r\n" + body,
                       record_.told().line_end);
}

std::string scripted_client::transport_answer(const seen_request& request, reaction& how) {
  const auto asked = request.header("transport");
  const auto ports = asked.find("client_port=");
  if (ports == std::string::npos) {
    const auto agreed =
        record_.told().transport_answer.value_or("RTP/AVP/TCP;unicast;interleaved=0-1");
    const auto channel = agreed.find("interleaved=");
    if (channel != std::string::npos) {
      rtp_channel_ = static_cast<unsigned>(std::stoul(agreed.substr(channel + 12)));
    }
    return agreed.empty() ? "" : "Transport: " + agreed + "\r\n";
  }
  if (record_.told().udp == udp_mode::refused) {
    how = refuse(461, "Unsupported Transport");
    return "";
  }
  open_udp(asked.substr(ports + 12));
  return "Transport: " +
         record_.told().transport_answer.value_or(
             asked + ";server_port=" + std::to_string(udp_[0]->local_endpoint().port()) + "-" +
             std::to_string(udp_[1]->local_endpoint().port())) +
         "\r\n";
}

void scripted_client::drip(std::string text) {
  if (text.empty() || closed_) return;
  send_bytes(text.substr(0, 1));
  drip_timer_.expires_after(std::chrono::milliseconds{50});
  drip_timer_.async_wait(
      [self = shared_from_this(), rest = text.substr(1)](const error_code& cancelled) {
        if (!cancelled) self->drip(rest);
      });
}

void scripted_client::expect_keepalive() {
  session_timer_.expires_after(std::chrono::seconds{record_.told().session_timeout});
  session_timer_.async_wait([self = shared_from_this()](const error_code& cancelled) {
    if (!cancelled) self->close();
  });
}

void scripted_client::send_bytes(std::string bytes) {
  if (closed_) return;
  outgoing_bytes_ += bytes.size();
  outgoing_.push_back(std::move(bytes));
  if (outgoing_.size() == 1) write();
}

void scripted_client::write() {
  auto handler = [self = shared_from_this()](const error_code& code, std::size_t) {
    if (code || self->closed_) {
      self->close();
      return;
    }
    self->outgoing_bytes_ -= self->outgoing_.front().size();
    self->outgoing_.pop_front();
    if (!self->outgoing_.empty()) {
      self->write();
    } else if (!self->flood_.empty()) {
      self->send_bytes(self->flood_);
    } else if (self->closes_when_written_) {
      self->close();
    }
  };
  const auto bytes = asio::buffer(outgoing_.front());
  if (tls_) {
    asio::async_write(*tls_, bytes, std::move(handler));
  } else {
    asio::async_write(socket_, bytes, std::move(handler));
  }
}

void scripted_client::ask(const std::string& method) {
  send_bytes(method + " rtsp://127.0.0.1/live RTSP/1.0\r\nCSeq: " +
             std::to_string(++own_cseq_ + 1000) + "\r\nSession: " + session_id + "\r\n\r\n");
}

}  // namespace camherd::faults
