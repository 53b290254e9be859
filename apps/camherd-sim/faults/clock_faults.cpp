#include "apps/camherd-sim/faults/impaired_camera.hpp"

#include <string>
#include <utility>

namespace camherd::faults {
namespace {

constexpr unsigned row = 14;
constexpr std::uint32_t clock_rate = 90000;

/// Replaces each timestamp.
impairment_maker timestamps(std::function<std::uint32_t(std::uint32_t)> other) {
  return rewriting([other = std::move(other)](std::uint64_t, byte_vector& packet) {
    set_timestamp(packet, other(timestamp_of(packet)));
  });
}

/// The clock goes on from shortly before its wrap-around.
impairment_maker wrapping() {
  constexpr std::uint32_t before_wrap = 0U - clock_rate / 2;
  std::optional<std::uint32_t> shift;
  return rewriting([shift](std::uint64_t, byte_vector& packet) mutable {
    if (!shift) shift = before_wrap - timestamp_of(packet);
    set_timestamp(packet, timestamp_of(packet) + *shift);
  });
}

/// A sender report before every 20th packet, which says that its time is `ntp_time(n)`, n = 0,
/// 1, ...: seconds since 1900.
impairment_maker reporting(std::function<std::uint64_t(std::uint64_t)> ntp_time) {
  constexpr unsigned packets = 20;
  return interspersing(
      [ntp_time = std::move(ntp_time)](std::uint64_t number,
                                       const byte_vector& packet) -> std::vector<wire_piece> {
        if (number % packets != 0) return {};
        return {{wire_piece::kind::framed,
                 sender_report_bytes(media_script{}.ssrc, ntp_time(number / packets) << 32,
                                     timestamp_of(packet)),
                 1}};
      });
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const auto at = text.find(what);
  if (at != std::string::npos) text.replace(at, what.size(), by);
  return text;
}

/// Has `by` in its session description, where a good camera has `what`.
fault described(std::string name, std::string does, expectation expects, std::string what,
                std::string by) {
  return {std::move(name),
          row,
          std::move(does),
          std::move(expects),
          [what = std::move(what), by = std::move(by)](const camera_stage& where) {
            script told;
            told.sdp = replaced(describe(*where.pictures), what, by);
            return stage(where, {told, {}, {}});
          },
          {}};
}

fault slower_than_declared() {
  return {"slower-than-declared",
          row,
          "declares 25 pictures a second and delivers 5.",
          streams_on(),
          [](const camera_stage& where) {
            constexpr unsigned turns = 5;
            auto plan = [pictures = where.pictures](std::uint64_t turn) {
              std::vector<fed_unit> fed;
              const auto number = turn / turns;
              if (turn % turns == 0) {
                fed.push_back({pictures->units[number % pictures->units.size()], {}});
              }
              return fed;
            };
            return stage(where, {{}, {}, plan});
          },
          {}};
}

fault_list of_rtp() {
  return {
      packet_fault("timestamps-jump", row, "jumps an hour ahead every ten pictures.",
                   streams_on(), timestamps([](std::uint32_t time) {
                     constexpr std::uint32_t ten_pictures = 36000;
                     return time + time / ten_pictures * (3600 * clock_rate);
                   })),
      packet_fault("timestamps-run-backwards", row, "counts its timestamps down.", streams_on(),
                   timestamps([](std::uint32_t time) { return 0U - time; })),
      packet_fault("timestamps-stand-still", row, "has the same timestamp on all packets.",
                   streams_on(), timestamps([](std::uint32_t) { return 4711U; })),
      packet_fault("timestamps-stand-still-without-marker", row,
                   "has the same timestamp on all packets, and no marker bit.",
                   {.state = "backoff",
                    .event = "stall",
                    .words = "no picture",
                    .counter = "restarts.stall"},
                   rewriting([](std::uint64_t, byte_vector& packet) {
                     set_timestamp(packet, 4711);
                     set_marker(packet, false);
                   })),
      packet_fault("timestamps-wrap", row, "has timestamps that pass 2^32 within a second.",
                   streams_on(), wrapping()),
      packet_fault("timestamps-in-milliseconds", row,
                   "declares a clock of 90 kHz and counts milliseconds.", streams_on(),
                   timestamps([](std::uint32_t time) { return time / 90; })),
  };
}

fault_list of_descriptions() {
  return {
      described("clock-rate-missing", "declares no clock rate.",
                streams_on_with_notice("no usable clock rate; 90000 Hz is assumed"),
                "H264/90000", "H264"),
      described("clock-rate-zero", "declares a clock of 0 Hz.",
                streams_on_with_notice("no usable clock rate; 90000 Hz is assumed"),
                "H264/90000", "H264/0"),
      described("clock-rate-wrong", "declares a clock of 8 kHz and has one of 90 kHz.",
                streams_on(), "H264/90000", "H264/8000"),
      described("clock-rate-huge", "declares a clock of 4 GHz.", streams_on(), "H264/90000",
                "H264/4294967295"),
      described("faster-than-declared", "declares 1 picture a second and delivers 25.",
                streams_on(), "framerate:25", "framerate:1"),
      described("fps-beyond-reason", "declares a million pictures a second.", streams_on(),
                "framerate:25", "framerate:1000000"),
      slower_than_declared(),
  };
}

fault_list of_reports() {
  constexpr std::uint64_t in_2026 = 1767225600ULL + 2208988800ULL;
  constexpr std::uint64_t a_day = 86400;
  return {
      packet_fault("ntp-jumps", row, "says in each RTCP report that a day has passed.",
                   streams_on_with_notice("the camera's clock jumped"),
                   reporting([=](std::uint64_t n) { return in_2026 + n * a_day; })),
      packet_fault("ntp-runs-backwards", row, "says in each RTCP report a day before the last.",
                   streams_on_with_notice("the camera's clock jumped"),
                   reporting([=](std::uint64_t n) { return in_2026 - n * a_day; })),
      packet_fault("ntp-without-clock", row, "says in RTCP that it is always the year 1900.",
                   streams_on(), reporting([](std::uint64_t) { return 0U; })),
  };
}

}  // namespace

fault_list clock_faults() {
  auto all = of_rtp();
  for (auto& part : {of_descriptions(), of_reports()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace camherd::faults
