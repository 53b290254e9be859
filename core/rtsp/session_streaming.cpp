#include "core/base/memory_shortage.hpp"
#include "core/rtsp/session_machine.hpp"

#include <algorithm>
#include <new>
#include <random>
#include <utility>

namespace camherd::rtsp {

using boost::system::error_code;

namespace {

/// RFC 3550 section 6.3.1: reports of many receivers must not fall into step.
double random_factor() {
  std::random_device device;
  return std::uniform_real_distribution<double>{0.5, 1.5}(device);
}

}  // namespace

void session_machine::begin_streaming() {
  phase_ = phase::streaming;
  const bool offers_parameters = methods_.empty() || methods_.count("GET_PARAMETER") > 0;
  keepalive_method_ =
      offers_parameters ? keepalive_method::get_parameter : keepalive_method::options;
  next_keepalive_ = std::chrono::steady_clock::now();
  schedule_keepalive();
  schedule_report();
  if (udp_) schedule_probe();
}

void session_machine::on_item(stream_parser::item& item, mono_time read_at) {
  if (auto* packet = std::get_if<interleaved_packet>(&item)) {
    take_interleaved(*packet, read_at);
  } else if (auto* answer = std::get_if<response>(&item)) {
    exchange_.take(std::move(*answer));
  } else {
    answer_request(std::get<request>(item));
  }
}

void session_machine::on_read_done() {
  if (media_) publish_statistics();
  if (phase_ == phase::opening) watch_body();
  if (connection_ && connection_->garbage_bytes() > 0 &&
      !std::exchange(garbage_noticed_, true)) {
    notice(
        "bytes between packets that are neither RTSP nor RTP are skipped; as they may be the "
        "rest of the packet before, its picture counts as damaged");
  }
}

template <class Use>
void session_machine::with_media(Use use) {
  try {
    use(*media_);
  } catch (const std::bad_alloc&) {
    drop_media();  // before anything else, so that there is some
    finish(in_context(no_memory_for("its pictures")));
  }
}

void session_machine::take_interleaved(const interleaved_packet& packet, mono_time read_at) {
  if (!media_ || udp_ || phase_ == phase::closing) return;
  if (packet.channel == rtp_channel_) {
    const auto garbage = connection_->garbage_bytes();
    if (std::exchange(garbage_before_, garbage) != garbage) media_->doubt_last();
    const auto end =
        connection_->garbage_follows() ? packet_end::doubtful : packet_end::as_framed;
    with_media([&](media_pipeline& media) { media.push(packet.payload, read_at, end); });
  } else if (packet.channel == rtcp_channel_) {
    take_rtcp(packet.payload, read_at);
  } else if (!std::exchange(channel_noticed_, true)) {
    notice("packets on channel " + std::to_string(packet.channel) +
           ", which was not set up, are ignored");
  }
}

void session_machine::on_rtp(std::span<const std::uint8_t> bytes, mono_time received_at) {
  if (!media_) return;
  with_media([&](media_pipeline& media) { media.push(bytes, received_at); });
}

void session_machine::on_rtcp(std::span<const std::uint8_t> bytes, mono_time received_at) {
  if (media_) take_rtcp(bytes, received_at);
}

void session_machine::on_datagrams_done() {
  if (!media_) return;
  schedule_expiry();
  publish_statistics();
}

void session_machine::schedule_expiry() {
  const auto next = media_->next_expiry();
  if (!next || phase_ == phase::closing) return;
  expiry_timer_.expires_at(*next);
  expiry_timer_.async_wait([self = shared_from_this()](const error_code& cancelled) {
    if (cancelled || !self->media_ || self->phase_ == phase::closing) return;
    self->with_media(
        [](media_pipeline& media) { media.expire(std::chrono::steady_clock::now()); });
    self->on_datagrams_done();
  });
}

void session_machine::take_rtcp(std::span<const std::uint8_t> bytes, mono_time received_at) {
  if (!media_->push_rtcp(bytes, received_at)) return;
  media_->finish();
  finish(failure(error_kind::end_of_stream, "the camera ended the stream (RTCP BYE)"));
}

void session_machine::deliver(access_unit unit) {
  if (!std::exchange(stream_announced_, true)) {
    stream_info info;
    info.codec = tracks_.video.codec;
    info.parameter_sets = tracks_.video.parameter_sets;
    info.transport = udp_ ? "udp" : url_.scheme() == "rtsps" ? "tls" : "tcp";
    info.authentication = exchange_.authentication();
    info.server = exchange_.server();
    info.declared_fps = tracks_.video.declared_fps;
    listener_->on_stream(info);
  }
  unit.sequence = next_sequence_++;
  listener_->on_access_unit(std::move(unit));
}

void session_machine::answer_request(const request& asked) {
  const auto& method = asked.method;
  const bool known = method == "TEARDOWN" || method == "OPTIONS" || method == "ANNOUNCE" ||
                     method == "REDIRECT" || method == "GET_PARAMETER" ||
                     method == "SET_PARAMETER";
  response answer;
  answer.status = known ? 200 : 501;
  answer.reason = known ? "OK" : "Not Implemented";
  answer.cseq = asked.cseq;
  if (const auto session = asked.headers.find("Session")) {
    answer.headers.add("Session", std::string{*session});
  }
  connection_->send(answer.serialize());
  if (phase_ == phase::closing) return;
  if (method == "TEARDOWN") {
    if (media_) media_->finish();
    end(failure(error_kind::end_of_stream, "the camera ended the session (TEARDOWN)"));
  } else if (method == "REDIRECT") {
    finish(failure(error_kind::retry, "the camera asks to connect anew (REDIRECT)"));
  }
}

void session_machine::schedule_keepalive() {
  // Counted from the last due time, so that delays do not add up; but none is made up for.
  next_keepalive_ =
      std::max(next_keepalive_ + keepalive_interval_, std::chrono::steady_clock::now());
  keepalive_timer_.expires_at(next_keepalive_);
  keepalive_timer_.async_wait([self = shared_from_this()](const error_code& cancelled) {
    if (cancelled || self->phase_ != phase::streaming) return;
    self->send_keepalive();
    self->schedule_keepalive();
  });
}

void session_machine::send_keepalive() {
  const bool parameter = keepalive_method_ == keepalive_method::get_parameter;
  exchange_.keep_alive(
      make_request(parameter ? "GET_PARAMETER" : "OPTIONS", tracks_.aggregate_url),
      [this](const result<response>& outcome) { keepalive_answered(outcome); });
}

void session_machine::keepalive_answered(const result<response>& outcome) {
  if (phase_ != phase::streaming) return;
  if (!outcome) {
    finish(in_context(outcome.error()));
    return;
  }
  if (outcome->ok()) return;
  if (outcome->status == 454) {
    finish(failure(error_kind::retry,
                   exchange_.label() + ": 454 (the camera has forgotten the session)"));
    return;
  }
  if (keepalive_method_ == keepalive_method::get_parameter) {
    keepalive_method_ = keepalive_method::options;
    send_keepalive();
    return;
  }
  if (!std::exchange(keepalive_noticed_, true)) {
    notice(exchange_.label() + ": keepalive answered with " + std::to_string(outcome->status) +
           " " + outcome->reason);
  }
}

void session_machine::schedule_report() {
  auto delay = options_.report_interval;
  if (udp_) {
    delay = std::chrono::duration_cast<std::chrono::milliseconds>(delay * random_factor());
  }
  report_timer_.expires_after(delay);
  report_timer_.async_wait([self = shared_from_this()](const error_code& cancelled) {
    if (cancelled || self->phase_ != phase::streaming) return;
    self->send_report();
    self->schedule_report();
  });
}

void session_machine::send_report() {
  const auto now = std::chrono::steady_clock::now();
  media_->report_faults(now);
  const auto report = media_->make_report(now);
  if (!report) return;
  if (udp_) {
    udp_->send_rtcp(*report);
    return;
  }
  const auto size = report->size();
  std::string framed{'$', static_cast<char>(rtcp_channel_), static_cast<char>(size >> 8),
                     static_cast<char>(size & 0xff)};
  framed.append(report->begin(), report->end());
  connection_->send(std::move(framed));
}

void session_machine::schedule_probe() {
  probe_timer_.expires_after(options_.udp_probe_time);
  probe_timer_.async_wait([self = shared_from_this()](const error_code& cancelled) {
    if (!cancelled && self->phase_ == phase::streaming) self->probe_passed();
  });
}

void session_machine::probe_passed() {
  if (media_->statistics().packets > 0) return;
  const auto waited = std::to_string(options_.udp_probe_time.count()) + " ms";
  if (wanted_ == transport::automatic) {
    fall_back("no packet within " + waited);
  } else {
    notice("no packet arrived over UDP within " + waited +
           " (a firewall between? transport tcp passes it)");
  }
}

}  // namespace camherd::rtsp
