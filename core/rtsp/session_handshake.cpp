#include "core/base/text.hpp"
#include "core/rtsp/control_url.hpp"
#include "core/rtsp/session_machine.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace camherd::rtsp {

namespace {

constexpr std::size_t default_udp_buffer_bytes = 1024 * 1024;
constexpr std::chrono::seconds longest_pause_in_body{1};

/// The method names of a Public header (RFC 2326 section 12.28).
void add_methods(std::string_view list, std::set<std::string>& methods) {
  std::string name;
  for (const char c : list) {
    if (std::isalpha(static_cast<unsigned char>(c)) || c == '_') {
      name.push_back(c);
    } else if (!name.empty()) {
      methods.insert(upper_case(std::exchange(name, {})));
    }
  }
  if (!name.empty()) methods.insert(upper_case(name));
}

error_kind kind_of(int status) {
  switch (status) {
    case 403:  // some cameras lock an account with it, or hide streams from it
    case 407:
      return error_kind::authentication;
    case 405:
    case 406:
    case 415:
    case 451:
    case 456:
    case 459:
    case 460:
    case 461:
    case 462:
    case 501:
    case 505:
    case 551:
      return error_kind::unsupported;
    default:
      return error_kind::retry;
  }
}

/// What a status means to the owner of a camera, where its reason phrase does not say it.
std::string advice(int status, const camera_url& url, transport wanted) {
  switch (status) {
    case 403:
      return " (the camera lets this user see no such stream, or has locked the account)";
    case 404:
      return " (no such stream " + (url.path().empty() ? std::string{"/"} : url.path()) +
             "; check the path, or the camera is still starting)";
    case 453:
    case 503:
      return " (the camera serves as many clients as it can)";
    case 461:
      return wanted == transport::tcp ? " (the camera refuses TCP; try transport udp)"
                                      : " (the camera refuses UDP; try transport tcp)";
    default:
      return "";
  }
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 305 || status == 307;
}

}  // namespace

std::chrono::milliseconds keepalive_interval(std::chrono::seconds timeout) {
  using std::chrono::milliseconds;
  constexpr milliseconds longest{60000};
  if (timeout.count() <= 0) timeout = std::chrono::seconds{60};
  const auto whole = std::min<milliseconds>(timeout, 4 * longest);
  const auto safe = std::min(whole / 2, whole - milliseconds{5000});
  return std::min(std::max(safe, whole / 3), longest);
}

void session_machine::ask(request what, void (session_machine::*handler)(const response&)) {
  exchange_.ask(std::move(what), options_.response_timeout,
                [this, handler](const result<response>& outcome) {
                  if (!outcome) {
                    finish(in_context(outcome.error()));
                  } else if (!redirected(*outcome)) {
                    (this->*handler)(*outcome);
                  }
                });
}

void session_machine::send_options() {
  ask(make_request("OPTIONS", url_.without_credentials()), &session_machine::options_answered);
}

void session_machine::options_answered(const response& answer) {
  // Cameras that refuse OPTIONS still stream.
  if (answer.ok()) {
    for (const auto list : answer.headers.find_all("Public")) add_methods(list, methods_);
  }
  send_describe();
}

void session_machine::send_describe() {
  auto what = make_request("DESCRIBE", url_.without_credentials());
  what.headers.add("Accept", "application/sdp");
  ask(std::move(what), &session_machine::described);
}

void session_machine::watch_body() {
  body_timer_.cancel();
  if (!connection_ || !connection_->awaits_response_body()) return;
  body_timer_.expires_after(longest_pause_in_body);
  body_timer_.async_wait(
      [self = shared_from_this()](const boost::system::error_code& cancelled) {
        if (!cancelled && self->phase_ == phase::opening && self->connection_) {
          self->connection_->rescue_response();
        }
      });
}

void session_machine::described(const response& answer) {
  if (!answer.ok()) {
    end(status_error(answer));
    return;
  }
  const auto base = description_base(answer.headers, url_.without_credentials());
  const auto sdp = parse_sdp(answer.body);
  if (!sdp) {
    end(in_context(sdp.error().within(exchange_.label())));
    return;
  }
  auto tracks = choose_video(*sdp, base.url);
  if (!tracks) {
    end(in_context(tracks.error().within(exchange_.label())));
    return;
  }
  tracks_ = *std::move(tracks);
  for (const auto& text : base.notices) notice(text);
  for (const auto& text : tracks_.notices) notice(text);
  send_setup();
}

void session_machine::send_setup() {
  auto what = make_request("SETUP", tracks_.video.setup_url);
  if (wanted_ == transport::tcp) {
    what.headers.add("Transport", "RTP/AVP/TCP;unicast;interleaved=0-1");
  } else {
    udp_ = std::make_shared<udp_transport>(io_, weak_from_this());
    const auto bytes = options_.receive_buffer_bytes > 0 ? options_.receive_buffer_bytes
                                                         : default_udp_buffer_bytes;
    if (const auto bound = udp_->bind(connection_->local().address(), bytes); !bound) {
      end(in_context(bound.error()));
      return;
    }
    const auto port = udp_->rtp_port();
    what.headers.add("Transport", "RTP/AVP;unicast;client_port=" + std::to_string(port) + "-" +
                                      std::to_string(port + 1));
  }
  ask(std::move(what), &session_machine::set_up);
}

result<transport_header> session_machine::agreed_transport(const response& answer) const {
  const bool over_tcp = wanted_ == transport::tcp;
  const auto value = answer.headers.find("Transport");
  auto parsed = value ? parse_transport(*value) : transport_header{};
  if (!parsed) return parsed.error();
  // Some cameras write the profile of UDP before the channels of TCP, or no header at all.
  const bool answers_tcp =
      parsed->tcp || parsed->interleaved_rtp.has_value() || (!value && over_tcp);
  if (answers_tcp != over_tcp) {
    return error{error_kind::unsupported,
                 std::string{"the camera answers with transport "} +
                     (answers_tcp ? "TCP where UDP was asked for"
                                  : "UDP where TCP was asked for; try transport udp")};
  }
  return parsed;
}

void session_machine::set_up(const response& answer) {
  const bool may_fall_back = wanted_ == transport::automatic;
  if (!answer.ok()) {
    const bool refused = answer.status >= 400 && answer.status < 500 && answer.status != 404;
    if (may_fall_back && refused) {
      fall_back("refused with " + std::to_string(answer.status) + " " + answer.reason);
    } else {
      end(status_error(answer));
    }
    return;
  }
  auto timeout = std::chrono::seconds{60};
  if (const auto value = answer.headers.find("Session")) {
    const auto parsed = parse_session(*value);
    if (!parsed) {
      end(in_context(parsed.error().within(exchange_.label())));
      return;
    }
    exchange_.set_session(parsed->id);
    timeout = std::chrono::seconds{parsed->timeout_seconds};
  }
  set_up_ = true;
  keepalive_interval_ = keepalive_interval(timeout);
  const auto agreed = agreed_transport(answer);
  if (!agreed) {
    if (may_fall_back) {
      fall_back(agreed.error().message());
    } else {
      finish(in_context(agreed.error().within(exchange_.label())));
    }
    return;
  }
  media_ = std::make_unique<media_pipeline>(
      tracks_.video, agreed->ssrc, options_.units,
      media_pipeline::output{[this](access_unit unit) { deliver(std::move(unit)); },
                             [this](const std::string& text) { notice(text); }});
  if (udp_) {
    media_->reorder(options_.reorder_delay, options_.reorder_packets);
    check_receive_buffer(udp_->receive_buffer_bytes());
    if (url_.scheme() == "rtsps") notice("only RTSP is encrypted; pictures over UDP are not");
    udp_->open(connection_->remote().address(), *agreed);
  } else {
    rtp_channel_ = agreed->interleaved_rtp.value_or(0);
    rtcp_channel_ =
        agreed->interleaved_rtcp.value_or(static_cast<std::uint8_t>(rtp_channel_ + 1));
    if (options_.receive_buffer_bytes > 0) {
      check_receive_buffer(connection_->receive_buffer_bytes());
    }
  }
  send_play();
}

void session_machine::check_receive_buffer(std::size_t granted) {
  const auto wanted = options_.receive_buffer_bytes > 0 ? options_.receive_buffer_bytes
                                                        : default_udp_buffer_bytes;
  if (granted >= 2 * wanted || !pool_.claim_buffer_notice()) return;
  notice("the kernel allows a socket receive buffer of " + std::to_string(granted / 2) +
         " bytes where " + std::to_string(wanted) +
         " are wanted, so bursts may be lost; to allow it: sysctl -w net.core.rmem_max=" +
         std::to_string(wanted));
}

void session_machine::send_play() {
  auto what = make_request("PLAY", tracks_.aggregate_url);
  what.headers.add("Range", "npt=0.000-");
  exchange_.ask(std::move(what), options_.response_timeout,
                [this](const result<response>& outcome) { play_answered(outcome); });
}

void session_machine::play_answered(const result<response>& outcome) {
  if (!outcome) {
    const bool pictures = media_ && media_->statistics().packets > 0;
    if (outcome.error().kind() == error_kind::retry && pictures) {
      notice(in_context(outcome.error()).message() + ", but packets arrive");
      begin_streaming();
    } else {
      finish(in_context(outcome.error()));
    }
    return;
  }
  if (redirected(*outcome)) return;
  if (outcome->ok()) {
    begin_streaming();
  } else {
    finish(status_error(*outcome));
  }
}

bool session_machine::redirected(const response& answer) {
  if (!is_redirect(answer.status)) return false;
  const auto location = answer.headers.find("Location");
  auto target = camera_url::parse(location.value_or(""));
  if (!target || !target->is_rtsp()) {
    finish(failure(error_kind::unsupported,
                   exchange_.label() + ": redirected to no address that can be used"));
    return true;
  }
  if (++redirects_ > options_.max_redirects) {
    finish(failure(error_kind::unsupported, exchange_.label() + ": redirected more than " +
                                                std::to_string(options_.max_redirects) +
                                                " times, at last to " + target->redacted()));
    return true;
  }
  // Credentials go to nobody but the host they were given for, and not from TLS to plain text.
  const bool keeps_credentials =
      target->host() == url_.host() &&
      (url_.scheme() == target->scheme() || target->scheme() == "rtsps");
  if (!target->has_credentials() && keeps_credentials) {
    *target = target->with_login(url_.user(), url_.password());
  }
  url_ = *std::move(target);
  if (set_up_) {
    tear_down();
  } else {
    leave_connection();
    connect();
  }
  return true;
}

error session_machine::status_error(const response& answer) const {
  return failure(kind_of(answer.status), exchange_.label() + " " + url_.redacted() + ": " +
                                             std::to_string(answer.status) + " " +
                                             answer.reason +
                                             advice(answer.status, url_, wanted_));
}

void session_machine::fall_back(const std::string& why) {
  notice("UDP failed (" + why + "); going on over TCP");
  wanted_ = transport::tcp;
  if (set_up_) {
    tear_down();
  } else {
    leave_connection();
    connect();
  }
}

}  // namespace camherd::rtsp
