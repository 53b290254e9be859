#include "core/rtsp/unit_depacketizer.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace camherd::rtsp {

unit_depacketizer::unit_depacketizer(video_codec codec, std::uint32_t clock_rate,
                                     depacketizer_limits limits)
    : codec_{codec}, clock_rate_{clock_rate}, limits_{limits} {}

result<void> unit_depacketizer::push(const received_packet& received, const emit& out) {
  const auto& packet = received.packet;
  if (received.stream_restarted) restart(out);
  lost_unnoticed_ += received.lost_before;
  if (packet.payload.empty()) return {};

  const auto lost = std::exchange(lost_unnoticed_, 0);
  const bool same_unit =
      open_ && packet.timestamp == timestamp_ && !must_begin_unit(packet.payload);
  if (lost > 0) {
    note_loss(same_unit);
  } else if (open_ && !same_unit) {
    settle_fragment();
  } else if (same_unit && last_marker_ && in_fragment()) {
    markers_trusted_ = false;
  }
  if (open_ && !same_unit) end_unit(out);
  if (lost > 0 && !same_unit) gap_ = true;

  open_ = true;
  timestamp_ = packet.timestamp;
  last_marker_ = packet.marker;
  marker_ever_seen_ = marker_ever_seen_ || packet.marker;
  unit_.received_at = received.received_at;

  result<void> taken;
  if (!given_up_) {
    taken = take(packet);
    if (!taken) ++faults_.malformed_packets;
    if (given_up_) {
      taken = error{error_kind::corrupt, "the access unit passes the limit of " +
                                             std::to_string(limits_.max_access_unit_bytes) +
                                             " bytes"};
    }
  }
  if (received.end == packet_end::doubtful) damage();
  if (packet.marker && markers_trusted_ && !in_fragment()) {
    const bool had_picture = has_picture_ || given_up_;
    end_unit(out);
    if (had_picture) ended_by_marker_ = packet.timestamp;
  }
  if (!taken) return taken.error().within("RTP packet " + std::to_string(packet.sequence));
  return {};
}

void unit_depacketizer::restart(const emit& out) {
  flush(out);
  gap_ = true;
}

void unit_depacketizer::note_loss(bool same_unit) {
  const bool cut = in_fragment();
  lose_fragment();
  if (!open_) return;
  if (same_unit || cut || has_picture_) {
    damaged_ = true;
  } else if (!damaged_) {
    // What led the next picture may belong to one that was lost.
    discard_unit();
  }
}

void unit_depacketizer::settle_fragment() {
  if (!in_fragment()) return;
  // Without loss a marker is as good an end as the end bit that some camera forgot.
  if (last_marker_) {
    end_fragment();
  } else {
    lose_fragment();
    damaged_ = true;
  }
}

void unit_depacketizer::end_unit(const emit& out) {
  if (given_up_) return discard_unit();
  if (has_picture_) return emit_unit(out);
  if (damaged_) {
    ++faults_.incomplete_units;
    return discard_unit();
  }
  // Parameter sets, SEI: they belong to the next picture, whatever their timestamp and marker.
}

void unit_depacketizer::emit_unit(const emit& out) {
  unit_.codec = codec_;
  unit_.clock_rate = clock_rate_;
  unit_.rtp_time = timestamps_.unwrap(timestamp_);
  unit_.corrupt = damaged_;
  unit_.after_gap = gap_;
  complete(unit_);
  if (damaged_) ++faults_.incomplete_units;
  auto& usual = usual_bytes_[unit_.keyframe ? 0 : 1];
  usual = std::max(unit_.payload.size(), usual - usual / 4);
  gap_ = false;
  auto done = std::exchange(unit_, {});
  begin_unit();
  out(std::move(done));
}

void unit_depacketizer::discard_unit() {
  gap_ = true;
  unit_ = {};
  begin_unit();
}

void unit_depacketizer::begin_unit() {
  open_ = last_marker_ = has_picture_ = damaged_ = given_up_ = false;
  ended_by_marker_.reset();
  unit_begins();
}

void unit_depacketizer::flush(const emit& out) {
  if (open_) {
    settle_fragment();
    const bool ended = last_marker_ || !markers_trusted_ || !marker_ever_seen_;
    if (has_picture_ && ended && !damaged_ && !given_up_) {
      emit_unit(out);
    } else {
      if (has_picture_ || damaged_) ++faults_.incomplete_units;
      discard_unit();
    }
  }
  lose_fragment();
  timestamps_.reset();
  ended_by_marker_.reset();
  lost_unnoticed_ = 0;
}

bool unit_depacketizer::append(std::span<const std::uint8_t> bytes) {
  if (bytes.size() > limits_.max_access_unit_bytes - unit_.payload.size()) {
    give_up();
    return false;
  }
  unit_.payload.append(bytes);
  return true;
}

bool unit_depacketizer::prepend(std::span<const std::uint8_t> bytes) {
  if (bytes.size() > limits_.max_access_unit_bytes - unit_.payload.size()) {
    give_up();
    return false;
  }
  unit_.payload.prepend(bytes);
  return true;
}

void unit_depacketizer::reserve_for(picture_kind kind) {
  const auto usual = usual_bytes_[kind == picture_kind::keyframe ? 0 : 1];
  // An eighth more, so that pictures that grow a little need no second allocation.
  unit_.payload.reserve(std::min(usual + usual / 8, limits_.max_access_unit_bytes));
}

void unit_depacketizer::picture_part_begins(picture_part part) {
  if (part == picture_part::first || has_picture_) return;
  damaged_ = true;
  if (ended_by_marker_ == timestamp_) markers_trusted_ = false;
}

void unit_depacketizer::give_up() {
  ++faults_.oversized_units;
  lose_fragment();
  unit_.payload = {};
  has_picture_ = false;
  given_up_ = true;
}

}  // namespace camherd::rtsp
