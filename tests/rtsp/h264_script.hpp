#pragma once

#include "core/rtsp/depacketizer.hpp"
#include "tests/support/packet_script.hpp"

#include <vector>

namespace camherd::testing::h264 {

/// A camera of H.264 that says `sets` (Annex B) in its session description.
struct h264_script : packet_script {
  explicit h264_script(const bytes& sets = {}, rtsp::depacketizer_limits limits = {})
      : packet_script{video_codec::h264, sets, limits} {}
};

inline const bytes announced = annex_b({sps(), pps()});

/// What becomes of the NAL units of a keyframe: the announced parameter sets lead them.
inline bytes led(const std::vector<bytes>& nals) {
  return joined({announced, annex_b(nals)});
}

}  // namespace camherd::testing::h264
