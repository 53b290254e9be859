#include "apps/camherd-sim/faults/fault_catalogue.hpp"
#include "apps/camherd-sim/faults/unit_edits.hpp"

#include <algorithm>

namespace camherd::faults {
namespace {

// All damage here leaves a trace that a decoder can see: it breaks the syntax, or misses a
// reference. Few flipped bits of CABAC mostly decode to another picture without any, of which
// nobody can know (H.264 section 9.3, H.265 section 9.3).
constexpr unsigned row = 15;

/// Nothing gets through that could be shown.
expectation nothing_whole() {
  return {.state = "backoff",
          .event = "stall",
          .words = "no keyframe",
          .counter = "restarts.stall"};
}

/// Each group of pictures has damage, and a good keyframe.
expectation damage_withheld() {
  return {.state = "streaming",
          .event = "connected",
          .counter = "dropped.corrupt",
          .recovers = recovery::throughout};
}

fault edited(std::string name, std::string does, expectation expects, nal_edit edit) {
  return picture_fault(std::move(name), row, std::move(does), std::move(expects),
                       [edit = std::move(edit)](const camera_stage& where) -> result<conduct> {
                         return conduct{{}, {}, edited_loop(where.pictures, edit)};
                       });
}

fault h265_edited(std::string name, std::string does, expectation expects, nal_edit edit) {
  return picture_fault(std::move(name), row, std::move(does), std::move(expects),
                       [edit = std::move(edit)](const camera_stage&) -> result<conduct> {
                         clip_wish wish;
                         wish.codec = video_codec::h265;
                         const auto pictures = make_clip(wish);
                         if (!pictures) return pictures.error();
                         return conduct{{}, *pictures, edited_loop(*pictures, edit)};
                       });
}

/// Whether this NAL unit is to be damaged.
using choice = std::function<bool(nal_role role, std::uint64_t unit)>;

bool every_nal(nal_role, std::uint64_t) {
  return true;
}

bool every_slice(nal_role role, std::uint64_t) {
  return is_slice(role);
}

/// The fifth of each ten pictures, where ten are a group.
bool one_in_each_group(nal_role role, std::uint64_t unit) {
  return is_slice(role) && unit % 10 == 4;
}

/// Every `n`th byte with all bits the other way round.
nal_edit flip_every(std::size_t n, choice chosen) {
  return [n, chosen = std::move(chosen)](byte_vector nal, nal_role role, std::uint64_t unit) {
    if (!chosen(role, unit)) return nal;
    for (auto at = n - 1; at < nal.size(); at += n) nal[at] ^= 0xff;
    return nal;
  };
}

/// The first `parts` tenths of it.
nal_edit cut_to(std::size_t parts, choice chosen) {
  return
      [parts, chosen = std::move(chosen)](byte_vector nal, nal_role role, std::uint64_t unit) {
        if (chosen(role, unit)) nal.resize(nal.size() * parts / 10);
        return nal;
      };
}

nal_edit leave_out(choice chosen) {
  return cut_to(0, std::move(chosen));
}

/// The first bytes behind the header of each NAL unit of H.265.
nal_edit flip_headers() {
  return [](byte_vector nal, nal_role, std::uint64_t) {
    for (std::size_t at = 2; at < std::min<std::size_t>(nal.size(), 10); ++at) nal[at] ^= 0xff;
    return nal;
  };
}

/// Its header, then noise.
nal_edit noise(choice chosen) {
  return [chosen = std::move(chosen)](byte_vector nal, nal_role role, std::uint64_t unit) {
    if (!chosen(role, unit)) return nal;
    std::uint32_t state = static_cast<std::uint32_t>(unit) + 1;
    for (std::size_t at = 2; at < nal.size(); ++at) {
      state = state * 1664525 + 1013904223;
      nal[at] = static_cast<std::uint8_t>(state >> 24 | 1);
    }
    return nal;
  };
}

}  // namespace

fault_list bitstream_faults() {
  return {
      edited("every-10th-byte-flipped", "sends every 10th byte of its NAL units flipped.",
             nothing_whole(), flip_every(10, every_nal)),
      edited("every-100th-byte-flipped", "sends every 100th byte of its slices flipped.",
             nothing_whole(), flip_every(100, every_slice)),
      edited("a-picture-in-ten-flipped",
             "sends every 100th byte of one picture in each group flipped.", damage_withheld(),
             flip_every(100, one_in_each_group)),
      edited("slices-truncated", "sends half of each slice only.", nothing_whole(),
             cut_to(5, every_slice)),
      edited("a-picture-in-ten-truncated", "sends half of one picture in each group only.",
             damage_withheld(), cut_to(5, one_in_each_group)),
      edited("a-picture-in-ten-without-its-end",
             "sends one picture in each group without its last tenth.", damage_withheld(),
             cut_to(9, one_in_each_group)),
      edited("slices-of-noise", "sends noise behind the headers of its NAL units.",
             nothing_whole(), noise(every_nal)),
      edited("a-picture-in-ten-missing",
             "omits one picture in each group, and no packet number tells.", damage_withheld(),
             leave_out(one_in_each_group)),
      h265_edited(
          "h265-a-picture-in-ten-missing",
          "sends H.265 and omits one picture in each group, and no packet number tells.",
          damage_withheld(), leave_out(one_in_each_group)),
      h265_edited("h265-headers-flipped",
                  "sends H.265 with all bits of its parameter sets and slice headers flipped.",
                  nothing_whole(), flip_headers()),
  };
}

}  // namespace camherd::faults
