#pragma once

#include "apps/camherd-sim/faults/fault_catalogue.hpp"
#include "apps/camherd-sim/faults/feeder.hpp"
#include "core/base/bitstream.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace camherd::faults {

/// How a camera of `where` behaves whose pictures are other than they should be.
using conduct_maker = std::function<result<conduct>(const camera_stage& where)>;

/// A fault of the pictures themselves. `expects` and `how` are the caller's.
[[nodiscard]] fault picture_fault(std::string name, unsigned row, std::string does,
                                  expectation expects, conduct_maker how,
                                  onset when = onset::with_new_connections);

/// Clips of several makes, one after the other, as one. All are of one codec and rate, and have
/// a first picture of their own. Errors: those of `make_clip`.
[[nodiscard]] result<clip_ptr> joined_clip(const std::vector<clip_wish>& wishes);

/// Sends clips made for it, one after the other, in a loop.
[[nodiscard]] conduct_maker showing(std::vector<clip_wish> wishes);

/// Changes a NAL unit; an empty one is left out. `unit` counts the pictures sent.
using nal_edit = std::function<byte_vector(byte_vector nal, nal_role role, std::uint64_t unit)>;

/// A clip with two B pictures between others, in closed groups of ten: I0 P3 B1 B2 P6 B4 B5 P9
/// B7 B8.
[[nodiscard]] clip_wish with_b_pictures(video_codec codec);

/// Keyframes that are no IDR pictures, with B pictures behind them that need what came before:
/// I0 P3 B1 B2 P6 B4 B5 I9 B7 B8. The first is an IDR picture; ten seconds pass to the next.
[[nodiscard]] clip_wish with_open_groups(video_codec codec);

/// How the pictures of a clip are sent.
using plan_maker = std::function<feed_plan(clip_ptr)>;

/// The pictures of `with_b_pictures` in a loop and as they are decoded, with timestamps in the
/// order in which they are shown.
[[nodiscard]] feed_plan in_closed_groups(clip_ptr pictures);

/// Those of `with_open_groups`, from the picture `first` on.
[[nodiscard]] feed_plan in_open_groups(clip_ptr pictures, std::uint64_t first);

/// The pictures of a clip in a loop, each NAL unit changed by `edit`.
[[nodiscard]] feed_plan edited_loop(clip_ptr pictures, nal_edit edit);

/// Leaves all parameter sets out.
[[nodiscard]] nal_edit no_parameter_sets();

/// `describe` without parameter sets.
[[nodiscard]] std::string describe_without_sets(const clip& pictures);

/// As a NAL unit of its own, SEI that says nothing in about `size` bytes (H.264 section D.1.7).
[[nodiscard]] byte_vector h264_padding(std::size_t size);

/// `unit` with `nal` before its first slice.
[[nodiscard]] byte_vector with_nal_before_slices(const byte_vector& unit,
                                                 const byte_vector& nal);

}  // namespace camherd::faults
