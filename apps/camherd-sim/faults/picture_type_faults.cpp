#include "apps/camherd-sim/faults/impaired_camera.hpp"
#include "apps/camherd-sim/faults/unit_edits.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace camherd::faults {
namespace {

constexpr unsigned row = 13;

/// Shows the pictures of `wish` while its fault lasts.
fault showing(std::string name, std::string does, expectation expects, clip_wish wish,
              plan_maker plan = {}, media_script media = {},
              onset how = onset::with_new_connections) {
  return {std::move(name),
          row,
          std::move(does),
          std::move(expects),
          [=](const camera_stage& where) -> result<std::unique_ptr<faulty_camera>> {
            auto pictures = make_clip(wish);
            if (!pictures) return pictures.error();
            script told;
            told.media = media;
            return stage(where, {told, *pictures, plan ? plan(*pictures) : feed_plan{}}, how);
          },
          {}};
}

/// Shows the pictures of a good camera in another way.
fault sending(std::string name, std::string does, expectation expects, plan_maker plan,
              media_script media = {}) {
  return {std::move(name),
          row,
          std::move(does),
          std::move(expects),
          [=](const camera_stage& where) {
            script told;
            told.media = media;
            return stage(where, {told, {}, plan ? plan(where.pictures) : feed_plan{}});
          },
          {}};
}

constexpr std::uint32_t start = 900000;

clip_wish with_slices(video_codec codec, unsigned slices) {
  clip_wish wish;
  wish.codec = codec;
  wish.settings = "slices=" + std::to_string(slices);
  return wish;
}

media_script with_marker(marker_mode marker) {
  media_script media;
  media.marker = marker;
  return media;
}

const byte_vector delimiter{0, 0, 0, 1, 0x09, 0xf0};
const byte_vector end_of_sequence{0, 0, 0, 1, 0x0a};

/// User data of no meaning (ITU-T H.264 section D.1.7).
byte_vector information() {
  constexpr std::size_t identifier = 16;
  static constexpr std::array<std::uint8_t, 7> head{0, 0, 0, 1, 0x06, 5, identifier};
  byte_vector nal(head.size() + identifier + 1, 0x5a);
  std::copy(head.begin(), head.end(), nal.begin());
  nal.back() = 0x80;
  return nal;
}

/// Before each picture a delimiter and information, each with a marker; `apart` has timestamps
/// of their own.
plan_maker announced(std::uint32_t apart) {
  return [=](clip_ptr pictures) -> feed_plan {
    return [=](std::uint64_t number) {
      const auto time =
          static_cast<std::uint32_t>(start + number * (90000 / pictures->made_of.fps));
      return std::vector<fed_unit>{{delimiter, time - 2 * apart},
                                   {information(), time - apart},
                                   {pictures->units[number % pictures->units.size()], time}};
    };
  };
}

/// `more` behind each picture, in the same unit.
plan_maker followed_by(byte_vector more) {
  return [=](clip_ptr pictures) -> feed_plan {
    return [=](std::uint64_t number) {
      auto unit = pictures->units[number % pictures->units.size()];
      unit.insert(unit.end(), more.begin(), more.end());
      return std::vector<fed_unit>{{std::move(unit), {}}};
    };
  };
}

feed_plan without_pictures(const clip_ptr&) {
  return [](std::uint64_t) {
    return std::vector<fed_unit>{{delimiter, {}}, {information(), {}}};
  };
}

fault_list of_kinds() {
  return {
      showing("b-pictures", "has B pictures.", streams_on(), with_b_pictures(video_codec::h264),
              in_closed_groups),
      showing("b-pictures-h265", "has B pictures of H.265.", streams_on(),
              with_b_pictures(video_codec::h265), in_closed_groups),
      showing("b-pictures-suddenly", "sends B pictures in mid-session, after it had none.",
              streams_on(), with_b_pictures(video_codec::h264), in_closed_groups, {},
              onset::at_once),
      showing("several-slices", "cuts each picture into four slices.", streams_on(),
              with_slices(video_codec::h264, 4)),
      showing("several-slices-h265", "cuts each picture of H.265 into three slices.",
              streams_on(), with_slices(video_codec::h265, 3)),
  };
}

fault_list of_markers() {
  auto whole_slices = with_marker(marker_mode::always);
  whole_slices.packet_size = 60000;
  return {
      sending("marker-never", "never sets the marker bit.", streams_on(), {},
              with_marker(marker_mode::never)),
      sending("marker-always", "sets the marker bit on every packet.", streams_on(), {},
              with_marker(marker_mode::always)),
      showing("marker-on-every-slice", "sets the marker bit on each of four slices.",
              streams_on(), with_slices(video_codec::h264, 4), {}, whole_slices),
      showing("marker-on-every-slice-h265",
              "sets the marker bit on each of three slices of H.265.", streams_on(),
              with_slices(video_codec::h265, 3), {}, whole_slices),
      showing("marker-never-with-slices", "cuts pictures into slices without any marker bit.",
              streams_on(), with_slices(video_codec::h264, 4), {},
              with_marker(marker_mode::never)),
  };
}

fault_list of_other_units() {
  return {
      sending("delimiter-and-sei-before-pictures",
              "sends a delimiter and an SEI with marker bits before each picture.",
              streams_on(), announced(0)),
      sending("delimiter-and-sei-of-other-times",
              "sends a delimiter and an SEI with markers and timestamps of their own.",
              streams_on(), announced(10)),
      sending("delimiter-and-sei-only", "sends delimiters and SEI and no pictures.",
              {.state = "backoff",
               .event = "stall",
               .words = "connected, but no picture",
               .counter = "restarts.stall"},
              without_pictures),
      sending("end-of-sequence", "ends the sequence after each picture.", streams_on(),
              followed_by(end_of_sequence)),
  };
}

}  // namespace

fault_list picture_type_faults() {
  auto all = of_kinds();
  for (auto& part : {of_markers(), of_other_units()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace camherd::faults
