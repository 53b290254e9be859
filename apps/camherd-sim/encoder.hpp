#pragma once

#include "apps/camherd-sim/encoded_loop.hpp"
#include "apps/camherd-sim/picture_source.hpp"
#include "core/base/result.hpp"

#include <cstdint>

namespace camherd::sim {

/// How a loop is to be encoded.
struct encode_wish {
  video_codec codec = video_codec::h264;
  frame_rate fps;
  std::uint64_t bitrate = 0;  ///< bits per second
  unsigned gop = 1;           ///< pictures
  unsigned max_pictures = 1;
  std::uint8_t scene = 0;  ///< goes into the block code of every picture
};

/// Encodes the pictures of `source` as a camera would: one slice a picture, no B pictures, one
/// keyframe every `gop` pictures, constant quantisation chosen by trial so that the bit rate
/// comes near the wish. The loop is as long as the source allows, cut to whole GOPs where it
/// has at least one. Each picture carries its index as a block code. Blocks until done.
/// Errors: `internal` for a missing plugin or a failing encoder, and those of `source`;
/// `invalid_argument` if the source has no picture.
[[nodiscard]] result<encoded_loop> encode(picture_source& source, const encode_wish& wish);

}  // namespace camherd::sim
