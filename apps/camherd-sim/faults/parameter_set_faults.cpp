#include "apps/camherd-sim/faults/fault_catalogue.hpp"
#include "apps/camherd-sim/faults/unit_edits.hpp"

namespace camherd::faults {
namespace {

expectation shows(std::string picture_kind) {
  return {.state = "streaming",
          .event = "pictures",
          .words = std::move(picture_kind),
          .recovers = recovery::throughout};
}

expectation streams_on() {
  return {.state = "streaming", .event = "connected", .recovers = recovery::throughout};
}

expectation cannot_be_decoded() {
  return {.state = "backoff",
          .event = "stall",
          .words = "pictures are missing and no keyframe came",
          .counter = "restarts.stall"};
}

clip_wish small(unsigned pictures) {
  clip_wish wish;
  wish.width = 192;
  wish.height = 128;
  wish.pictures = pictures;
  return wish;
}

clip_wish usual(unsigned pictures) {
  clip_wish wish;
  wish.first_index = 100;
  wish.pictures = pictures;
  return wish;
}

clip_wish h265(clip_wish wish) {
  wish.codec = video_codec::h265;
  return wish;
}

clip_wish with_settings(clip_wish wish, std::string settings) {
  wish.settings = std::move(settings);
  return wish;
}

fault_list changes() {
  auto high10 = usual(20);
  high10.raw_format = "I420_10LE";
  const std::string baseline = "cabac=0:8x8dct=0:weightp=0";
  return {
      picture_fault("resolution-changes-in-stream", 11,
                    "goes over to another size and back every 0.8 s, in one session.",
                    shows("192x128 yuv420p"), showing({small(20), usual(20)}), onset::at_once),
      picture_fault("resolution-changes-at-every-keyframe", 11,
                    "changes the size of its pictures every 2 pictures.",
                    shows("192x128 yuv420p"), showing({small(2), usual(2)}), onset::at_once),
      picture_fault("h265-resolution-changes-in-stream", 11,
                    "sends H.265 and goes over to another size and back every 0.8 s.",
                    shows("192x128 yuv420p"), showing({h265(small(20)), h265(usual(20))})),
      picture_fault("profile-changes-in-stream", 11,
                    "goes over from High to Baseline profile and back, in one session.",
                    streams_on(), showing({with_settings(usual(20), baseline), usual(20)}),
                    onset::at_once),
      picture_fault("bit-depth-changes-in-stream", 11,
                    "goes over from 8 to 10 bit and back, in one session.",
                    shows("320x192 yuv420p10"), showing({high10, usual(20)}), onset::at_once),
      picture_fault("codec-changes", 11, "sends H.265 where it sent H.264, after a restart.",
                    {.state = "streaming",
                     .event = "connected",
                     .words = "h265 over tcp",
                     .recovers = recovery::throughout},
                    showing({h265(usual(50))})),
  };
}

fault_list places() {
  const auto only_in_sdp = [](const camera_stage& where) -> result<conduct> {
    return conduct{{}, {}, edited_loop(where.pictures, no_parameter_sets())};
  };
  const auto only_in_band = [](const camera_stage& where) -> result<conduct> {
    conduct how;
    how.told.sdp = describe_without_sets(*where.pictures);
    return how;
  };
  const auto nowhere = [](const camera_stage& where) -> result<conduct> {
    conduct how{{}, {}, edited_loop(where.pictures, no_parameter_sets())};
    how.told.sdp = describe_without_sets(*where.pictures);
    return how;
  };
  const auto without_pps = [](const camera_stage& where) -> result<conduct> {
    conduct how{{}, {}, edited_loop(where.pictures, [](auto nal, auto, auto) {
                  return (nal[0] & 0x1f) == 8 ? byte_vector{} : nal;
                })};
    how.told.sdp = describe_without_sets(*where.pictures);
    return how;
  };
  const auto h265_only_in_sdp = [](const camera_stage&) -> result<conduct> {
    const auto pictures = make_clip(h265(usual(20)));
    if (!pictures) return pictures.error();
    return conduct{{}, *pictures, edited_loop(*pictures, no_parameter_sets())};
  };
  return {
      picture_fault("parameter-sets-in-sdp-only", 11,
                    "sends its parameter sets in the session description only.", streams_on(),
                    only_in_sdp),
      picture_fault("h265-parameter-sets-in-sdp-only", 11,
                    "sends H.265 with its parameter sets in the session description only.",
                    streams_on(), h265_only_in_sdp),
      picture_fault("parameter-sets-in-band-only", 11,
                    "sends its parameter sets with the keyframes only.", streams_on(),
                    only_in_band),
      picture_fault("parameter-sets-missing", 11, "sends no parameter sets.",
                    cannot_be_decoded(), nowhere),
      picture_fault("pps-missing", 11, "sends an SPS and no PPS.", cannot_be_decoded(),
                    without_pps),
  };
}

fault_list contradictions() {
  const auto sdp_is_wrong = [](const camera_stage&) -> result<conduct> {
    const auto other = make_clip(small(2));
    if (!other) return other.error();
    conduct how;
    how.told.sdp = describe(**other);
    return how;
  };
  const auto only_wrong_ones = [](const camera_stage& where) -> result<conduct> {
    const auto other = make_clip(small(2));
    if (!other) return other.error();
    conduct how{{}, {}, edited_loop(where.pictures, no_parameter_sets())};
    how.told.sdp = describe(**other);
    return how;
  };
  const auto damaged_ones = [](const camera_stage& where) -> result<conduct> {
    conduct how{{}, {}, edited_loop(where.pictures, [](auto nal, nal_role role, auto) {
                  if (role == nal_role::parameter_set) nal.resize(nal.size() / 2);
                  return nal;
                })};
    how.told.sdp = describe_without_sets(*where.pictures);
    return how;
  };
  return {
      picture_fault("parameter-sets-contradict-sdp", 11,
                    "describes itself with the parameter sets of other pictures, and sends the "
                    "right ones with the keyframes.",
                    streams_on(), sdp_is_wrong),
      picture_fault("parameter-sets-of-other-pictures", 11,
                    "has the parameter sets of smaller pictures in its description, and none "
                    "else.",
                    cannot_be_decoded(), only_wrong_ones),
      picture_fault("parameter-sets-cut-short", 11, "sends half of each parameter set only.",
                    cannot_be_decoded(), damaged_ones),
  };
}

}  // namespace

fault_list parameter_set_faults() {
  auto all = changes();
  for (const auto& part : {places(), contradictions()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace camherd::faults
