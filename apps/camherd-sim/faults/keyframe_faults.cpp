#include "apps/camherd-sim/faults/fault_catalogue.hpp"
#include "apps/camherd-sim/faults/unit_edits.hpp"

namespace camherd::faults {
namespace {

constexpr unsigned row = 12;

/// Ten seconds with a keyframe at the beginning only.
clip_wish long_group() {
  clip_wish wish;
  wish.gop = 90'000;
  wish.pictures = 250;
  wish.first_index = 1000;
  return wish;
}

/// As long, refreshed bit by bit every 20 pictures.
clip_wish refreshed_group() {
  auto wish = long_group();
  wish.gop = 20;
  wish.properties = "intra-refresh=true";
  return wish;
}

/// The pictures of a clip from `first` on, in a loop.
feed_plan loop_from(clip_ptr pictures, std::size_t first) {
  return [pictures = std::move(pictures), first](std::uint64_t number) {
    const auto count = pictures->units.size() - first;
    return std::vector<fed_unit>{{pictures->units[first + number % count], {}}};
  };
}

conduct_maker showing_from(clip_wish wish, std::size_t first) {
  return [wish = std::move(wish), first](const camera_stage&) -> result<conduct> {
    const auto pictures = make_clip(wish);
    if (!pictures) return pictures.error();
    return conduct{{}, *pictures, loop_from(*pictures, first)};
  };
}

/// One packet of the first pictures is lost, and none after.
conduct_maker losing_one_packet(clip_wish wish) {
  return [wish = std::move(wish)](const camera_stage&) -> result<conduct> {
    const auto pictures = make_clip(wish);
    if (!pictures) return pictures.error();
    conduct how;
    how.pictures = *pictures;
    how.feed = edited_loop(*pictures, [](byte_vector nal, nal_role role, std::uint64_t unit) {
      return unit == 5 && is_slice(role) ? byte_vector{} : nal;
    });
    return how;
  };
}

/// From its second keyframe on.
conduct_maker showing_open_groups(video_codec codec) {
  return [codec](const camera_stage&) -> result<conduct> {
    const auto wish = with_open_groups(codec);
    const auto pictures = make_clip(wish);
    if (!pictures) return pictures.error();
    // I9 is decoded behind P3 B1 B2 P6 B4 B5.
    const std::uint64_t second_keyframe = wish.gop - 2;
    return conduct{{}, *pictures, in_open_groups(*pictures, second_keyframe)};
  };
}

expectation no_keyframe_comes() {
  return {.state = "backoff",
          .event = "stall",
          .words = "connected, but no keyframe",
          .counter = "restarts.stall"};
}

expectation streams_on() {
  return {.state = "streaming", .event = "connected", .recovers = recovery::throughout};
}

}  // namespace

fault_list keyframe_faults() {
  return {
      picture_fault("keyframe-missing", row, "sends no keyframe to whoever connects.",
                    no_keyframe_comes(), showing_from(long_group(), 1)),
      picture_fault("keyframe-interval-of-one-hour", row,
                    "sends one keyframe, and then none for an hour (here: 10 s).", streams_on(),
                    showing({long_group()}), onset::at_once),
      // Of a camera that nobody reads, so that there is nobody to see it.
      {"keyframe-interval-of-one-hour-unread",
       row,
       "sends no keyframe for an hour while nobody reads its pictures.",
       {.state = "streaming",
        .event = "idle_buffer_full",
        .words = "the next consumer waits for a keyframe"},
       {},
       "idle: off, idle_buffer_size: 64KiB"},
      picture_fault("keyframe-never-after-loss", row,
                    "omits a picture, and sends no keyframe for an hour (here: 10 s).",
                    {.state = "backoff",
                     .event = "stall",
                     .words = "pictures are missing and no keyframe came",
                     .counter = "restarts.stall"},
                    losing_one_packet(long_group()), onset::at_once),
      picture_fault("intra-refresh", row,
                    "refreshes its pictures bit by bit after one keyframe.", streams_on(),
                    showing({refreshed_group()}), onset::at_once),
      picture_fault("intra-refresh-without-idr", row,
                    "refreshes its pictures bit by bit and never sends a keyframe.",
                    no_keyframe_comes(), showing_from(refreshed_group(), 1)),
      picture_fault("keyframes-without-idr", row,
                    "sends intra pictures behind recovery points instead of IDR pictures, and "
                    "B pictures that need what came before them.",
                    streams_on(), showing_open_groups(video_codec::h264)),
      picture_fault("h265-keyframes-without-idr", row,
                    "sends H.265 with CRA pictures instead of IDR pictures, and leading "
                    "pictures that need what came before them.",
                    streams_on(), showing_open_groups(video_codec::h265)),
  };
}

}  // namespace camherd::faults
