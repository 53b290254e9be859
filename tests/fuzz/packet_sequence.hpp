#pragma once

#include "core/base/bitstream.hpp"
#include "core/rtsp/depacketizer.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace camherd::fuzz {

/// Ends the program when an invariant does not hold, in every build.
inline void demand(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken invariant: %s\n", what);
  std::abort();
}

/// Plays a fuzzer's input to a depacketizer and checks what comes out.
///
/// The input is a byte of options, then packets: a byte of flags (1 marker, 2 next timestamp, 4
/// loss before, 8 restart, 16 flush after, 32 its end is doubtful, 64 the end of the one before
/// is), two bytes size, the payload.
/// Options: 1 small limits, 2 no start codes inside payloads, 4 announced parameter sets: the
/// first packet's payload.
class packet_sequence {
 public:
  explicit packet_sequence(video_codec codec) : codec_{codec} {}

  void play(std::span<const std::uint8_t> input) {
    if (input.empty()) return;
    const auto options = input[0];
    input = input.subspan(1);
    clean_ = (options & 2) != 0;
    if ((options & 1) != 0) limits_ = {4096, 256};
    if ((options & 4) != 0) {
      const auto first = next_packet(input);
      depacketizer_ = rtsp::make_depacketizer(codec_, 90000, first.payload, limits_);
    } else {
      depacketizer_ = rtsp::make_depacketizer(codec_, 90000, {}, limits_);
    }
    while (input.size() >= header_bytes) push(next_packet(input));
    depacketizer_->flush(receive());
  }

 private:
  static constexpr std::size_t header_bytes = 3;

  struct packet {
    std::uint8_t flags = 0;
    std::vector<std::uint8_t> payload;  // of exact size, for the sanitizer to guard its end
  };

  static packet next_packet(std::span<const std::uint8_t>& input) {
    packet next;
    if (input.size() < header_bytes) {
      input = {};
      return next;
    }
    next.flags = input[0];
    const auto size =
        std::min<std::size_t>(input[1] << 8 | input[2], input.size() - header_bytes);
    const auto payload = input.subspan(header_bytes, size);
    input = input.subspan(header_bytes + size);
    next.payload.assign(payload.begin(), payload.end());
    return next;
  }

  // Neither in the payload nor across its edge to the one before, after the headers.
  static void remove_start_codes(std::vector<std::uint8_t>& payload) {
    for (std::size_t i = 0; i < payload.size(); ++i) {
      const bool after_zero = i > 0 && payload[i - 1] == 0;
      const bool may_follow_payload = i == 2 || i == 3;
      if (payload[i] == 1 && (after_zero || may_follow_payload)) payload[i] = 2;
    }
  }

  void push(packet next) {
    if (clean_) remove_start_codes(next.payload);
    rtsp::received_packet received;
    received.packet.marker = (next.flags & 1) != 0;
    if ((next.flags & 2) != 0) timestamp_ += 3000;
    received.packet.timestamp = timestamp_;
    received.lost_before = (next.flags & 4) != 0 ? 2 : 0;
    sequence_ += 1 + static_cast<std::int64_t>(received.lost_before);
    received.packet.sequence = static_cast<std::uint16_t>(sequence_);
    received.extended_sequence = sequence_;
    received.stream_restarted = (next.flags & 8) != 0;
    received.packet.payload = next.payload;
    if ((next.flags & 32) != 0) received.end = rtsp::packet_end::doubtful;
    if ((next.flags & 64) != 0) depacketizer_->doubt_last();
    if (const auto taken = depacketizer_->push(received, receive()); !taken) {
      demand(taken.error().kind() == error_kind::corrupt ||
                 taken.error().kind() == error_kind::unsupported,
             "errors are corrupt or unsupported");
      demand(taken.error().message().rfind("RTP packet ", 0) == 0, "errors name the packet");
    }
    if ((next.flags & 16) != 0) depacketizer_->flush(receive());
  }

  rtsp::depacketizer::emit receive() {
    return [this](const access_unit& unit) { check(unit); };
  }

  void check(const access_unit& unit) {
    demand(!unit.payload.empty(), "access units have content");
    demand(unit.payload.size() <= limits_.max_access_unit_bytes, "access units keep the limit");
    demand(unit.codec == codec_, "access units are of the codec");
    const auto* const end = unit.payload.data() + unit.payload.size();
    demand(std::all_of(end, end + padded_bytes::padding, [](auto byte) { return byte == 0; }),
           "access units are followed by zeros");
    auto again = unit;
    classify(again);
    if (clean_ || codec_ == video_codec::mjpeg) {
      demand(again.keyframe == unit.keyframe && again.reference == unit.reference,
             "classify() agrees");
    } else {
      demand(again.keyframe || !unit.keyframe, "a keyframe has a keyframe's slices");
      demand(again.reference || !unit.reference, "a reference has a reference's slices");
    }
    if (codec_ == video_codec::mjpeg) {
      check_image(unit);
    } else {
      check_nals(unit);
    }
  }

  static void check_image(const access_unit& unit) {
    const auto image = unit.payload.bytes();
    demand(image.size() > 600 && image[0] == 0xff && image[1] == 0xd8, "an image begins");
    demand(image[image.size() - 2] == 0xff && image.back() == 0xd9, "an image ends");
  }

  void check_nals(const access_unit& unit) {
    const auto content = unit.payload.bytes();
    demand(content.size() > 4 && find_start_code(content) == 1, "a start code leads");
    bool any_slice = false;
    bool any_other = false;
    bool any_set = false;
    for_each_nal(content, [&](std::span<const std::uint8_t> nal) {
      const auto role = role_of(codec_, nal);
      any_slice = any_slice || is_slice(role);
      any_other = any_other || role != nal_role::parameter_set;
      any_set = any_set || role == nal_role::parameter_set;
      if (clean_) demand(role != nal_role::parameter_set || !any_other, "sets come first");
    });
    demand(any_slice, "access units have slices");
    sets_known_ = sets_known_ || (clean_ && any_set);
    if (unit.keyframe && sets_known_) {
      demand(role_of(codec_, content.subspan(4)) == nal_role::parameter_set,
             "keyframes begin with the sets that are known");
    }
  }

  video_codec codec_;
  rtsp::depacketizer_limits limits_;
  std::unique_ptr<rtsp::depacketizer> depacketizer_;
  bool clean_ = false;
  std::uint32_t timestamp_ = 0xffff0000;
  std::int64_t sequence_ = 0;
  bool sets_known_ = false;  // an access unit had one
};

}  // namespace camherd::fuzz
