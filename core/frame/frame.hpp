#pragma once

#include "core/base/clock.hpp"
#include "core/frame/slot_pool.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace camherd {

/// Layouts that decoders and converters write and consumers read. Planar formats hold luma
/// first, then both chroma planes; nv12 holds luma, then both chroma samples of each pixel pair
/// side by side; rgb24 and bgr24 hold three bytes a pixel in the order of their name. Samples
/// deeper than 8 bits are 16-bit little-endian words. The numbers are those of the lease
/// protocol and never change.
enum class pixel_format : std::uint8_t {
  gray8 = 1,
  yuv420p = 2,
  yuv422p = 3,
  yuv444p = 4,
  gray10 = 5,
  yuv420p10 = 6,
  yuv422p10 = 7,
  yuv444p10 = 8,
  yuv420p12 = 9,
  yuv422p12 = 10,
  yuv444p12 = 11,
  nv12 = 12,
  rgb24 = 13,
  bgr24 = 14,
};

[[nodiscard]] std::string_view to_string(pixel_format format) noexcept;

/// How luma and chroma make colours (ITU-T H.273 MatrixCoefficients). The numbers are those of
/// the lease protocol.
enum class colour_matrix : std::uint8_t { bt601 = 0, bt709 = 1, bt2020 = 2 };

struct frame_metadata {
  std::uint64_t sequence = 0;       ///< counts the decoded frames of a camera, from 0
  std::uint64_t unit_sequence = 0;  ///< sequence of the access unit it was decoded from
  /// Counts the sizes and formats of decoded pictures that the camera went through; a decoder
  /// made anew counts as another.
  std::uint32_t generation = 0;
  std::int64_t rtp_time = 0;  ///< unwrapped, in units of 1 / `clock_rate` seconds
  std::uint32_t clock_rate = 90000;
  wall_time captured_at{};  ///< by the camera's clock; epoch if unknown
  mono_time received_at{};  ///< when the last packet of its access unit left the socket
  mono_time decoded_at{};
  mono_time published_at{};
  std::uint64_t dropped_before =
      0;  ///< access units of this camera dropped since the last frame
  bool keyframe = false;
  bool reference = true;   ///< others may be predicted from it
  bool corrupt = false;    ///< parts of the picture may be wrong
  bool after_gap = false;  ///< pictures are missing before this one
  /// The odd rows were taken at another time than the even ones: what moves has combed edges.
  bool interlaced = false;
  bool full_range =
      false;  ///< samples use 0..255 rather than 16..235 (ITU-T H.273 VideoFullRangeFlag)
  /// Of the stream, or where the stream does not say: bt709 for pictures wider than 1024 or
  /// higher than 576 pixels, else bt601.
  colour_matrix matrix = colour_matrix::bt601;
};

struct plane {
  std::size_t offset = 0;    ///< of its first sample from the beginning of the segment, bytes
  std::uint32_t stride = 0;  ///< bytes from one row to the next
  std::uint32_t rows = 0;
  std::uint32_t row_bytes = 0;  ///< used bytes of a row, at most `stride`
};

/// A part of a picture, in pixels from its upper left corner.
struct picture_rect {
  std::uint32_t x = 0;
  std::uint32_t y = 0;
  std::uint32_t width = 0;
  std::uint32_t height = 0;

  friend bool operator==(const picture_rect&, const picture_rect&) = default;
};

/// One decoded picture in a slot, with its metadata. Copies share the slot; the pixels are
/// immutable from the moment the frame exists.
struct frame {
  frame_metadata metadata;
  std::uint32_t width = 0;   ///< pixels
  std::uint32_t height = 0;  ///< pixels
  pixel_format format = pixel_format::yuv420p;
  std::uint8_t plane_count = 0;
  std::array<plane, 3> planes{};
  /// Where the camera's picture lies: the whole of it, but for a rendition with bars beside it.
  picture_rect content;
  std::uint32_t source_width = 0;   ///< pixels of the decoded picture
  std::uint32_t source_height = 0;  ///< pixels of the decoded picture
  slot_ref slot;

  /// First sample of plane `index`.
  [[nodiscard]] const std::uint8_t* pixels(std::size_t index) const noexcept {
    return slot.pool()->segment().bytes().data() + planes[index].offset;
  }
};

}  // namespace camherd
