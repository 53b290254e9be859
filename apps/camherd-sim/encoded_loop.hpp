#pragma once

#include "apps/camherd-sim/gst_handles.hpp"
#include "apps/camherd-sim/schedule.hpp"
#include "core/base/access_unit.hpp"

#include <chrono>
#include <cstddef>
#include <vector>

namespace camherd::sim {

enum class picture_kind : std::uint8_t { keyframe, dependent };

/// One encoded picture. The buffer is never changed, so any number of pipelines share its
/// memory.
struct encoded_picture {
  gst_ptr<GstBuffer> buffer;
  std::chrono::nanoseconds shown_after{
      0};  ///< presentation time after sending time (B pictures)
  picture_kind kind = picture_kind::dependent;
};

/// A closed sequence of encoded pictures; the first is a keyframe.
struct encoded_loop {
  video_codec codec = video_codec::h264;
  gst_ptr<GstCaps> caps;  ///< of the buffers, parameter sets included
  std::vector<encoded_picture> pictures;
  loop_timing timing;
};

/// Takes the parameter sets out of the access units of H.264 and H.265, which encoders repeat
/// as they like. The payloader sends those of the caps before each keyframe, once.
void strip_parameter_sets(encoded_loop& loop);

/// What a loop looks like on the wire.
struct loop_figures {
  double bits_per_second = 0;
  std::size_t keyframe_bytes = 0;   ///< mean
  std::size_t dependent_bytes = 0;  ///< mean; 0 if there are none
};

[[nodiscard]] loop_figures figures_of(const encoded_loop& loop);

}  // namespace camherd::sim
