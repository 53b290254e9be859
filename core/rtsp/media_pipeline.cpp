#include "core/rtsp/media_pipeline.hpp"

#include "core/rtsp/auth.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace camherd::rtsp {

namespace {

constexpr std::chrono::seconds between_fault_reports{1};
constexpr std::chrono::seconds clock_jump{2};

std::uint32_t random_ssrc(const std::string& hex) {
  std::uint32_t value = 0;
  std::from_chars(hex.data(), hex.data() + std::min<std::size_t>(8, hex.size()), value, 16);
  return value;
}

}  // namespace

std::optional<std::string> fault_digest::add(mono_time now, const error& fault) {
  ++unreported_;
  latest_ = fault.message();
  return due(now);
}

std::optional<std::string> fault_digest::due(mono_time now) {
  if (unreported_ == 0) return std::nullopt;
  if (reported_at_ && now - *reported_at_ < between_fault_reports) return std::nullopt;
  reported_at_ = now;
  const auto count = std::exchange(unreported_, 0);
  if (count == 1) return "a damaged packet: " + latest_;
  return std::to_string(count) + " damaged packets, the latest: " + latest_;
}

media_pipeline::media_pipeline(const video_track& track,
                               std::optional<std::uint32_t> announced_ssrc,
                               depacketizer_limits limits, output out)
    : track_{track},
      out_{std::move(out)},
      receiver_{track.clock_rate, announced_ssrc},
      depacketizer_{
          make_depacketizer(track.codec, track.clock_rate, track.parameter_sets, limits)},
      stamp_{[this](access_unit unit) {
        unit.captured_at = clock_.captured_at(static_cast<std::uint32_t>(unit.rtp_time));
        out_.unit(std::move(unit));
      }},
      clock_{track.clock_rate},
      own_ssrc_{random_ssrc(random_hex())},
      cname_{random_hex()} {}

void media_pipeline::reorder(std::chrono::milliseconds longest_wait, std::size_t max_packets) {
  reorder_.emplace(longest_wait, max_packets);
}

void media_pipeline::push(std::span<const std::uint8_t> bytes, mono_time received_at,
                          packet_end end) {
  if (!reorder_) {
    take_in_order(bytes, received_at, end);
    return;
  }
  reorder_->push(bytes, received_at,
                 [this](std::span<const std::uint8_t> packet, mono_time at) {
                   take_in_order(packet, at);
                 });
}

void media_pipeline::expire(mono_time now) {
  if (!reorder_) return;
  reorder_->expire(now, [this](std::span<const std::uint8_t> packet, mono_time at) {
    take_in_order(packet, at);
  });
}

std::optional<mono_time> media_pipeline::next_expiry() const {
  return reorder_ ? reorder_->deadline() : std::nullopt;
}

void media_pipeline::take_in_order(std::span<const std::uint8_t> bytes, mono_time received_at,
                                   packet_end end) {
  const auto packet = parse_rtp(bytes);
  if (!packet) {
    fault(received_at, packet.error());
    return;
  }
  if (packet->payload_type != track_.payload_type) {
    if (!std::exchange(other_type_noticed_, true)) {
      out_.notice("packets of payload type " + std::to_string(packet->payload_type) +
                  " are ignored; the video has type " + std::to_string(track_.payload_type));
    }
    return;
  }
  auto received = receiver_.accept(*packet, received_at, bytes.size());
  if (receiver_.foreign_packets() > 0 && !std::exchange(other_source_noticed_, true)) {
    out_.notice("packets of another source than the video's (SSRC) are ignored");
  }
  if (!received) return;
  received->end = end;
  if (received->stream_restarted) clock_.reset();
  ssrc_ = packet->ssrc;
  last_sequence_ = packet->sequence;
  received->lost_before += std::exchange(lost_before_empty_, 0);
  if (packet->payload.empty()) {  // padding, or sent to keep a path open
    lost_before_empty_ = received->lost_before;
    return;
  }
  if (const auto used = depacketizer_->push(*received, stamp_); !used) {
    fault(received_at, used.error());
  }
}

bool media_pipeline::push_rtcp(std::span<const std::uint8_t> bytes, mono_time received_at) {
  const auto contents = parse_rtcp(bytes);
  if (!contents) {
    fault(received_at, contents.error());
    return false;
  }
  if (contents->report && (!ssrc_ || contents->report->ssrc == *ssrc_)) {
    note_clock(*contents->report, received_at);
    clock_.update(*contents->report);
    last_report_ = contents->report;
    last_report_at_ = received_at;
  }
  const auto& leaving = contents->bye_ssrcs;
  return contents->bye && (!ssrc_ || leaving.empty() ||
                           std::find(leaving.begin(), leaving.end(), *ssrc_) != leaving.end());
}

void media_pipeline::note_clock(const sender_report& now, mono_time received_at) {
  if (!last_report_ || last_report_->ssrc != now.ssrc) return;
  const auto then = wall_from_ntp(last_report_->ntp_time);
  const auto told = wall_from_ntp(now.ntp_time);
  if (then == wall_time{} || told == wall_time{}) return;
  using seconds = std::chrono::duration<double>;
  const seconds passed = told - then;
  // A report that was late is no jump, nor is a timestamp that jumps with its clock right.
  const seconds waited = received_at - last_report_at_;
  const seconds counted{static_cast<std::int32_t>(now.rtp_time - last_report_->rtp_time) /
                        static_cast<double>(track_.clock_rate)};
  const auto jump = passed - waited;
  if (abs(jump) < clock_jump || abs(passed - counted) < clock_jump) return;
  out_.notice("the camera's clock jumped by " +
              std::to_string(static_cast<std::int64_t>(std::round(jump.count()))) +
              " s: capture times jump with it");
}

std::optional<std::vector<std::uint8_t>> media_pipeline::make_report(mono_time now) {
  const auto report = receiver_.make_report();
  if (!report) return std::nullopt;
  std::uint32_t middle_ntp = 0;
  std::uint32_t delay = 0;
  if (last_report_ && last_report_->ssrc == report->ssrc) {
    using units = std::chrono::duration<std::int64_t, std::ratio<1, 65536>>;
    middle_ntp = static_cast<std::uint32_t>(last_report_->ntp_time >> 16);
    delay = static_cast<std::uint32_t>(
        std::chrono::duration_cast<units>(now - last_report_at_).count());
  }
  return make_receiver_report(own_ssrc_, *report, middle_ntp, delay, cname_);
}

void media_pipeline::report_faults(mono_time now) {
  if (const auto sentence = faults_.due(now)) out_.notice(*sentence);
}

void media_pipeline::fault(mono_time now, const error& what) {
  if (const auto sentence = faults_.add(now, what)) out_.notice(*sentence);
}

void media_pipeline::finish() {
  depacketizer_->flush(stamp_);
}

source_statistics media_pipeline::statistics() const {
  auto total = receiver_.statistics();
  if (reorder_) total.packets_reordered += reorder_->reordered();
  return total;
}

}  // namespace camherd::rtsp
