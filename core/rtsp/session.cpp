#include "core/rtsp/session.hpp"

#include "core/rtsp/network_words.hpp"
#include "core/rtsp/session_machine.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace camherd::rtsp {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

std::string host_and_port(const camera_url& url) {
  const bool v6 = url.host().find(':') != std::string::npos;
  return (v6 ? "[" + url.host() + "]" : url.host()) + ":" + std::to_string(url.port());
}

}  // namespace

source_ptr make_session(io_pool& pool, camera_url url, session_options options,
                        std::shared_ptr<source_listener> listener) {
  return std::make_shared<session_machine>(pool, std::move(url), options, std::move(listener));
}

session_machine::session_machine(io_pool& pool, camera_url url, session_options options,
                                 std::shared_ptr<source_listener> listener)
    : pool_{pool},
      io_{pool.next()},
      options_{options},
      url_{std::move(url)},
      wanted_{options.transport},
      listener_{std::move(listener)},
      exchange_{
          io_,
          {[this](std::string bytes) { connection_->send(std::move(bytes)); },
           [this](const std::string& text) { notice(text); },
           [this] { connection_->rescue_response(); }, [this] { return shared_from_this(); }}},
      connect_timer_{io_},
      body_timer_{io_},
      keepalive_timer_{io_},
      report_timer_{io_},
      expiry_timer_{io_},
      probe_timer_{io_} {
  if (url_.scheme() == "rtsps" && wanted_ == transport::automatic) wanted_ = transport::tcp;
}

void session_machine::start() {
  asio::post(io_, [self = shared_from_this()] {
    if (self->phase_ != phase::idle) return;
    if (self->last_word_) {
      self->end(*self->last_word_);
    } else if (!self->url_.is_rtsp()) {
      self->end(error{error_kind::invalid_argument,
                      self->url_.redacted() + " is not an rtsp or rtsps address"});
    } else {
      self->connect();
    }
  });
}

void session_machine::stop() {
  asio::post(io_, [self = shared_from_this()] { self->stop_now(); });
}

void session_machine::stop_now() {
  const error stopped{error_kind::end_of_stream, "stopped"};
  switch (phase_) {
    case phase::idle:
    case phase::closing:
      if (!last_word_) last_word_ = stopped;
      break;
    case phase::connecting:
    case phase::opening:
    case phase::streaming:
      finish(stopped);
      break;
    case phase::ended:
      break;
  }
}

source_statistics session_machine::statistics() const {
  const std::lock_guard lock{published_mutex_};
  return published_;
}

void session_machine::publish_statistics() {
  const auto now = media_ ? sum_of(earlier_, media_->statistics()) : earlier_;
  const std::lock_guard lock{published_mutex_};
  published_ = now;
}

void session_machine::connect() {
  phase_ = phase::connecting;
  label_ = url_.scheme() + " " + host_and_port(url_);
  methods_.clear();
  connect_timer_.expires_after(options_.connect_timeout);
  connect_timer_.async_wait([self = shared_from_this()](const error_code& cancelled) {
    if (!cancelled && self->phase_ == phase::connecting) self->connect_deadline_passed();
  });
  auto attempt = std::make_shared<dialer>(io_, pool_.names());
  dialer_ = attempt;
  attempt->start(url_.host(), url_.port(), options_.receive_buffer_bytes,
                 [self = shared_from_this()](result<dialer::socket_type> outcome) {
                   self->connected(std::move(outcome));
                 });
}

void session_machine::connect_deadline_passed() {
  const auto attempt = dialer_.lock();
  const auto waiting = connection_ ? std::string{"no answer to the TLS handshake"}
                       : attempt   ? attempt->waiting_for()
                                   : std::string{"no connection"};
  end(failure(error_kind::retry,
              waiting + " within " + std::to_string(options_.connect_timeout.count()) + " ms"));
}

void session_machine::connected(result<dialer::socket_type> outcome) {
  if (!outcome) {
    end(in_context(outcome.error()));
    return;
  }
  connection_ =
      std::make_shared<connection>(*std::move(outcome), options_.messages, weak_from_this());
  const auto& remote = connection_->remote();
  const auto& local = connection_->local();
  label_ = url_.scheme() + " " + address_text(remote.address(), remote.port()) + " (from " +
           address_text(local.address(), local.port()) + ")";
  if (url_.scheme() != "rtsps") {
    secured({});
    return;
  }
  connection_->secure(
      url_.host(),
      options_.verify_certificate ? certificate_check::full : certificate_check::none,
      [self = shared_from_this()](const result<void>& done) { self->secured(done); });
}

void session_machine::secured(const result<void>& outcome) {
  if (!outcome) {
    end(in_context(outcome.error()));
    return;
  }
  connect_timer_.cancel();
  phase_ = phase::opening;
  if (std::exchange(resumes_, false)) {
    exchange_.resume();
  } else {
    exchange_.reset(url_);
  }
  connection_->start();
  send_options();
}

void session_machine::finish(error reason) {
  if (phase_ == phase::ended || phase_ == phase::closing) return;
  if (!set_up_) {
    end(std::move(reason));
    return;
  }
  last_word_ = std::move(reason);
  tear_down();
}

void session_machine::tear_down() {
  phase_ = phase::closing;
  keepalive_timer_.cancel();
  report_timer_.cancel();
  expiry_timer_.cancel();
  probe_timer_.cancel();
  if (udp_) udp_->close();
  exchange_.ask(make_request("TEARDOWN", tracks_.aggregate_url), options_.teardown_timeout,
                [this](const result<response>&) { torn_down(); });
}

void session_machine::torn_down() {
  if (last_word_) {
    end(*last_word_);
    return;
  }
  leave_connection();
  connect();
}

void session_machine::leave_connection() {
  exchange_.abandon();
  set_up_ = false;
  if (const auto attempt = dialer_.lock()) attempt->cancel();
  if (connection_) connection_->close();
  connection_.reset();
  if (udp_) udp_->close();
  udp_.reset();
  drop_media();
}

void session_machine::drop_media() {
  if (media_) earlier_ = sum_of(earlier_, media_->statistics());
  media_.reset();
}

void session_machine::end(const error& reason) {
  if (phase_ == phase::ended) return;
  phase_ = phase::ended;
  for (auto* timer : {&connect_timer_, &body_timer_, &keepalive_timer_, &report_timer_,
                      &expiry_timer_, &probe_timer_}) {
    timer->cancel();
  }
  leave_connection();
  publish_statistics();
  const auto listener = std::move(listener_);
  listener->on_ended(reason);
}

void session_machine::on_nothing_rescued() {
  exchange_.nothing_rescued();
}

void session_machine::on_broken(const error& reason) {
  if (phase_ == phase::closing) {
    torn_down();
    return;
  }
  if (phase_ == phase::opening && !set_up_ && exchange_.left_with_challenge()) {
    resumes_ = true;
    leave_connection();
    connect();
    return;
  }
  if (phase_ != phase::streaming) {
    end(in_context(reason.within(exchange_.label())));
    return;
  }
  // Where memory ran out the picture at hand may be half done.
  if (reason.kind() != error_kind::internal) media_->finish();
  const auto last = media_->last_sequence();
  end(in_context(last ? reason.within("after RTP packet " + std::to_string(*last)) : reason));
}

error session_machine::in_context(const error& reason) const {
  return reason.within(label_);
}

error session_machine::failure(error_kind kind, const std::string& what) const {
  return in_context(error{kind, what});
}

void session_machine::notice(const std::string& text) {
  if (listener_) listener_->on_notice(text);
}

}  // namespace camherd::rtsp
