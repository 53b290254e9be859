#pragma once

#include "core/base/access_unit.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace camherd::ffmpeg {

/// Makes access units of the packets of a demuxer: four-byte start codes, flags from the NAL
/// units, and the parameter sets in force before each keyframe that comes without.
class unit_builder {
 public:
  /// `parameter_sets` (Annex B) came with the container; may be empty.
  unit_builder(video_codec codec, std::span<const std::uint8_t> parameter_sets);

  /// An access unit of `packet`: Annex B, or a JPEG image. Times and sequence are the caller's.
  [[nodiscard]] access_unit build(std::span<const std::uint8_t> packet);

 private:
  /// Remembers the parameter sets of `unit`. Returns false if it has no sequence parameter set.
  bool take_parameter_sets(const access_unit& unit);

  video_codec codec_;
  std::vector<std::uint8_t> parameter_sets_;
};

}  // namespace camherd::ffmpeg
