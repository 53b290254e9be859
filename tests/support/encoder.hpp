#pragma once

#include "core/base/access_unit.hpp"
#include "core/frame/frame.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace camherd::testing {

/// What the test encoder is to make.
struct clip_options {
  video_codec codec = video_codec::h264;
  int width = 320;
  int height = 192;
  int fps = 25;
  int gop = 25;      ///< pictures from one keyframe to the next
  int b_frames = 0;  ///< in a row
  /// H.264: B pictures in a row that the parameter sets allow and the stream does not have.
  int unused_b_frames = 0;
  int slices = 1;
  int references = 1;
  pixel_format format = pixel_format::yuv420p;
  bool full_range = false;
  int noise = 0;            ///< amplitude of pseudo-random noise, for a realistic load
  int bits_per_second = 0;  ///< 0: constant good quality
  /// More settings for libx264 or libx265, as "key=value:key=value".
  std::string parameters;
  std::size_t first_picture = 0;  ///< index of the first picture
  /// Another encoder of libavcodec instead of `codec`, for files with a codec we do not take.
  std::string foreign_encoder;
};

/// `count` access units in decoding order, each keyframe with its parameter sets in band. Times
/// count from 0 at `fps` in 1/90000 s, in display order; sequence from 0. Picture i shows its
/// index and a moving scene. Throws std::runtime_error when the encoder is missing.
[[nodiscard]] std::vector<access_unit> encode_clip(const clip_options& options,
                                                   std::size_t count);

/// Writes the same pictures as a file in the container that the ending of `path` names.
void write_clip(const std::string& path, const clip_options& options, std::size_t count);

/// The index that a picture made by the encoder shows; nothing if it is unreadable.
[[nodiscard]] std::optional<std::size_t> shown_index(const frame& f);

/// How far the luma of `f` (8 bits) is from picture `index` as it was before encoding: the mean
/// square error.
[[nodiscard]] double error_against(const frame& f, const clip_options& options,
                                   std::size_t index);

}  // namespace camherd::testing
