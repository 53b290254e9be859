#pragma once

#include "core/base/access_unit.hpp"

#include <cstdint>
#include <span>

namespace camherd::ffmpeg {

/// What the first slice of an access unit tells about its picture.
enum class slice_kind : std::uint8_t {
  none,           ///< there is no slice
  plain,          ///< nothing special
  idr,            ///< nothing behind it needs anything before it (nal_unit_type)
  bidirectional,  ///< H.264: a B slice (ITU-T H.264 section 7.4.3, table 7-6)
  /// Behind a keyframe, shown before it, and predicted from what came before both: lost where
  /// decoding begins at that keyframe. H.265: RASL (ITU-T H.265 table 7-1). H.264 has no word
  /// for it: `first_slice` says `bidirectional`.
  leading,
};

/// Reads no further than the header of the first slice. MJPEG is always `idr`. B slices of
/// H.265 are not told apart, since cameras use them without any reordering.
[[nodiscard]] slice_kind first_slice(video_codec codec,
                                     std::span<const std::uint8_t> annex_b) noexcept;

}  // namespace camherd::ffmpeg
