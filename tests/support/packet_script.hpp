#pragma once

#include "core/rtsp/depacketizer.hpp"
#include "tests/support/nal_units.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace camherd::testing {

enum class marker { unset, set };

/// Plays packets to a depacketizer as a camera would send them, a millisecond apart, and keeps
/// what comes out.
class packet_script {
 public:
  explicit packet_script(video_codec codec, std::span<const std::uint8_t> parameter_sets = {},
                         rtsp::depacketizer_limits limits = {})
      : depacketizer_{rtsp::make_depacketizer(codec, 90000, parameter_sets, limits)} {}

  packet_script& send(const bytes& payload, marker m = marker::unset) {
    rtsp::received_packet received;
    received.packet.marker = m == marker::set;
    received.packet.sequence = static_cast<std::uint16_t>(sequence_);
    received.packet.timestamp = timestamp_;
    received.packet.payload = payload;
    received.extended_sequence = sequence_++;
    received.lost_before = std::exchange(lost_, 0);
    received.stream_restarted = std::exchange(restarted_, false);
    received.received_at = now_ += std::chrono::milliseconds{1};
    received.end = std::exchange(end_, rtsp::packet_end::as_framed);
    const auto taken =
        depacketizer_->push(received, [this](access_unit u) { units.push_back(std::move(u)); });
    if (!taken) errors.push_back(taken.error());
    return *this;
  }

  /// All packets of a picture; the last with the marker.
  packet_script& picture(const std::vector<bytes>& payloads) {
    for (std::size_t i = 0; i < payloads.size(); ++i) {
      send(payloads[i], i + 1 == payloads.size() ? marker::set : marker::unset);
    }
    return next();
  }

  packet_script& next(std::uint32_t ticks = 3000) {
    timestamp_ += ticks;
    return *this;
  }

  packet_script& lose(std::uint64_t packets = 1) {
    lost_ += packets;
    sequence_ += static_cast<std::int64_t>(packets);
    return *this;
  }

  /// What is sent next may not end where it seems to.
  packet_script& doubt_next() {
    end_ = rtsp::packet_end::doubtful;
    return *this;
  }

  packet_script& doubt_last() {
    depacketizer_->doubt_last();
    return *this;
  }

  packet_script& restart() {
    restarted_ = true;
    return *this;
  }

  packet_script& flush() {
    depacketizer_->flush([this](access_unit u) { units.push_back(std::move(u)); });
    return *this;
  }

  [[nodiscard]] bytes payload(std::size_t unit) const {
    const auto content = units.at(unit).payload.bytes();
    return {content.begin(), content.end()};
  }

  [[nodiscard]] rtsp::depacketizer_faults faults() const { return depacketizer_->faults(); }
  [[nodiscard]] mono_time now() const { return now_; }
  [[nodiscard]] std::uint32_t timestamp() const { return timestamp_; }

  std::vector<access_unit> units;
  std::vector<error> errors;

 private:
  std::unique_ptr<rtsp::depacketizer> depacketizer_;
  std::int64_t sequence_ = 65530;
  std::uint32_t timestamp_ = 0xffffe000;
  std::uint64_t lost_ = 0;
  bool restarted_ = false;
  rtsp::packet_end end_ = rtsp::packet_end::as_framed;
  mono_time now_{};
};

}  // namespace camherd::testing
