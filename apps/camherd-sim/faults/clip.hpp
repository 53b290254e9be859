#pragma once

#include "apps/camherd-sim/faults/scripted_media.hpp"
#include "core/base/access_unit.hpp"
#include "core/base/result.hpp"

#include <compare>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace camherd::faults {

/// Whether the odd rows of a picture were taken at another time than the even ones.
enum class clip_scan : unsigned char { progressive, interlaced };

/// What a clip is to be made of. The defaults are those of a good camera in a test.
struct clip_wish {
  video_codec codec = video_codec::h264;  ///< or h265
  unsigned width = 320;                   ///< pixels
  unsigned height = 192;
  unsigned fps = 25;
  unsigned gop = 10;  ///< pictures from one keyframe to the next
  unsigned pictures = 50;
  std::string raw_format = "I420";  ///< GStreamer's name of what the encoder gets
  clip_scan scan = clip_scan::progressive;
  unsigned first_index = 0;  ///< clips with other numbers show other pictures
  /// More settings of libx264 or libx265, as "key=value:key=value". For H.264 none that is a
  /// property of the element as well and set by `make_clip`, which would win.
  std::string settings;
  /// More properties of the encoder's GStreamer element, as "key=value key=value".
  std::string properties;

  friend auto operator<=>(const clip_wish&, const clip_wish&) = default;
};

/// Real encoded pictures, to be sent in a loop. Every one differs from all others, has moving
/// content everywhere, and says its number as a block code where that fits.
struct clip {
  clip_wish made_of;
  std::vector<byte_vector> units;  ///< Annex B, parameter sets before each keyframe
};

using clip_ptr = std::shared_ptr<const clip>;

/// Encodes with GStreamer's x264enc or x265enc, on the calling thread and theirs; a fraction of
/// a second at the defaults. The same wish gives the same clip within a process (libx265
/// encodes tiny pictures another way each time). Any thread. `gst_init` was called. Errors:
/// `internal` for a missing plugin, or in the encoder's words.
[[nodiscard]] result<clip_ptr> make_clip(const clip_wish& wish = {});

/// The parameter sets of one picture's `unit` (Annex B), without start codes; none if it has
/// none.
[[nodiscard]] std::vector<byte_vector> parameter_sets_in(video_codec codec,
                                                         const byte_vector& unit);

/// A session description of `pictures`: video at `control:video` with payload type 96, its
/// parameter sets, an audio track before it.
[[nodiscard]] std::string describe(const clip& pictures);

}  // namespace camherd::faults
