#pragma once

#include "core/frame/frame.hpp"

#include <cstdint>
#include <optional>

extern "C" {
#include <libavutil/pixfmt.h>
}

namespace camherd::ffmpeg {

/// Our name for libav's pixel format, nothing where we have none. The "J" formats, libav's old
/// way to say full range, are the same layouts.
[[nodiscard]] std::optional<pixel_format> format_of(AVPixelFormat format) noexcept;

/// True for the "J" formats.
[[nodiscard]] bool implies_full_range(AVPixelFormat format) noexcept;

/// The matrix that a stream names or, where it names none that we know, the one that pictures
/// of this size usually have (see `frame_metadata::matrix`).
[[nodiscard]] colour_matrix matrix_of(AVColorSpace named, std::uint32_t width,
                                      std::uint32_t height) noexcept;

}  // namespace camherd::ffmpeg
