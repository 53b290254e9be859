#include "apps/camherd-sim/faults/impaired_camera.hpp"
#include "apps/camherd-sim/faults/unit_edits.hpp"

#include <utility>

namespace camherd::faults {
namespace {

constexpr unsigned row = 9;
constexpr auto network = harm_place::on_the_network;
constexpr auto camera = harm_place::in_the_camera;

// Seeds under which the rare falls soon.
constexpr chance one_in_1000{26, 1};
constexpr chance one_in_100{2, 10};
constexpr chance one_in_10{3, 100};
constexpr chance one_in_5{4, 200};
constexpr chance bursts{5, 10};
constexpr unsigned burst_packets = 8;

fault waits_for_late(fault one) {
  one.settings += ", reorder_delay: 2s";
  return one;
}

std::string seeded(const std::string& does, chance when) {
  return does + " (seed " + std::to_string(when.seed) + ").";
}

/// The same with pictures of another kind.
fault with_pictures(clip_wish wish, plan_maker plan, fault one) {
  one.start = [wish = std::move(wish), plan = std::move(plan), start = std::move(one.start)](
                  const camera_stage& where) -> result<std::unique_ptr<faulty_camera>> {
    auto pictures = make_clip(wish);
    if (!pictures) return pictures.error();
    return start({where.port, *pictures, plan(*pictures)});
  };
  return one;
}

fault loss_in(const std::string& name, const std::string& what, clip_wish wish,
              plan_maker plan = in_a_loop) {
  return with_pictures(
      std::move(wish), std::move(plan),
      packet_fault(name, row, seeded("leaves out 1 % of the packets of " + what, one_in_100),
                   streams_on("packets_lost"), losing(one_in_100), camera, in_packets_of(60)));
}

fault_list of_other_pictures() {
  clip_wish slices;
  slices.settings = "slices=4";
  clip_wish h265;
  h265.codec = video_codec::h265;
  const auto from_the_first = [](clip_ptr pictures) {
    return in_open_groups(std::move(pictures), 0);
  };
  return {
      loss_in("loss-in-slices", "pictures of four slices", slices),
      loss_in("loss-in-b-pictures", "a stream with B pictures",
              with_b_pictures(video_codec::h264), in_closed_groups),
      loss_in("loss-in-open-groups", "a stream whose keyframes are no IDR pictures",
              with_open_groups(video_codec::h264), from_the_first),
      loss_in("h265-loss-in-open-groups", "H.265 whose keyframes are no IDR pictures",
              with_open_groups(video_codec::h265), from_the_first),
      loss_in("loss-in-h265", "an H.265 stream", h265),
  };
}

fault_list over_udp() {
  auto blocked = packet_fault("udp-blocked", row, "gets no RTP through to an automatic client.",
                              streams_on_with_notice("UDP failed (no packet within"),
                              losing_all(), network);
  blocked.settings = "transport: auto, stall_timeout: 1s";
  auto silent =
      packet_fault("udp-silent", row, "gets no RTP through, though RTSP is as good as ever.",
                   {.state = "backoff",
                    .event = "stall",
                    .words = "no picture",
                    .counter = "restarts.stall"},
                   losing_all(), network);
  // Later than the buffer holds packets.
  constexpr unsigned too_far = 600;
  return {
      packet_fault("udp-loss-1-in-1000", row,
                   seeded("loses 0.1 % of its RTP over UDP", one_in_1000),
                   streams_on("packets_lost"), losing(one_in_1000), network, in_packets_of(60)),
      packet_fault("udp-loss-1-in-100", row,
                   seeded("loses 1 % of its RTP over UDP", one_in_100),
                   streams_on("packets_lost"), losing(one_in_100), network),
      packet_fault("udp-loss-1-in-10", row, seeded("loses 10 % of its RTP over UDP", one_in_10),
                   streams_on("packets_lost"), losing(one_in_10), network, in_packets_of(500)),
      packet_fault("udp-loss-in-bursts", row,
                   seeded("loses 8 packets in a row at times, over UDP", bursts),
                   streams_on("packets_lost"), losing(bursts, burst_packets), network),
      waits_for_late(packet_fault("udp-reordering", row,
                                  seeded("has a fifth of its packets overtaken by three "
                                         "others, over UDP",
                                         one_in_5),
                                  streams_on(), delaying(one_in_5, 3), network)),
      packet_fault("udp-reordering-too-far", row,
                   seeded("has packets overtaken by 600 others at times, over UDP", bursts),
                   streams_on("packets_lost"), delaying(bursts, too_far), network,
                   in_packets_of(60)),
      packet_fault("udp-duplicates", row,
                   seeded("has a fifth of its packets doubled, over UDP", one_in_5),
                   streams_on(), doubling(one_in_5), network),
      waits_for_late(packet_fault(
          "udp-everything", row,
          seeded("has packets lost, doubled and overtaken, over UDP", one_in_100),
          streams_on("packets_lost"),
          both(losing(one_in_100), both(doubling(one_in_10), delaying(one_in_10, 2))),
          network)),
      std::move(silent),
      std::move(blocked),
  };
}

fault_list inside_tcp() {
  return {
      packet_fault("tcp-loss-1-in-1000", row,
                   seeded("leaves out 0.1 % of its RTP packets inside TCP", one_in_1000),
                   streams_on("packets_lost"), losing(one_in_1000), camera, in_packets_of(60)),
      packet_fault("tcp-loss-1-in-100", row,
                   seeded("leaves out 1 % of its RTP packets inside TCP", one_in_100),
                   streams_on("packets_lost"), losing(one_in_100)),
      packet_fault("tcp-loss-1-in-10", row,
                   seeded("leaves out 10 % of its RTP packets inside TCP", one_in_10),
                   streams_on("packets_lost"), losing(one_in_10), camera, in_packets_of(500)),
      packet_fault("tcp-loss-in-bursts", row,
                   seeded("leaves out 8 packets in a row at times, inside TCP", bursts),
                   streams_on("packets_lost"), losing(bursts, burst_packets)),
      packet_fault("tcp-reordering", row,
                   seeded("sends packets behind two others at times, inside TCP", one_in_10),
                   streams_on("packets_lost"), delaying(one_in_10, 2)),
      packet_fault("tcp-duplicates", row,
                   seeded("sends a fifth of its packets twice inside TCP", one_in_5),
                   streams_on(), doubling(one_in_5)),
      packet_fault(
          "sequence-jumps", row, "jumps ahead by 10,000 sequence numbers every 60 packets.",
          streams_on("packets_lost"), rewriting([](std::uint64_t number, byte_vector& packet) {
            constexpr unsigned run = 60;
            constexpr unsigned jump = 10000;
            set_sequence(packet, static_cast<std::uint16_t>(sequence_of(packet) +
                                                            (number / run + 1) * jump));
          })),
  };
}

}  // namespace

fault_list network_faults() {
  auto all = over_udp();
  for (auto& part : {inside_tcp(), of_other_pictures()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace camherd::faults
