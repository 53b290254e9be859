#pragma once

#include "core/base/access_unit.hpp"
#include "core/base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace camherd::rtsp {

/// A payload format of a media section: rtpmap and fmtp (RFC 8866 sections 6.6 and 6.15).
struct payload_format {
  std::uint8_t type = 0;  ///< RTP payload type
  std::string encoding;   ///< upper case, such as "H264"; of static types (RFC 3551) filled in
  std::uint32_t clock_rate = 0;
  std::string parameters;  ///< the text of fmtp
};

struct media_description {
  std::string kind;  ///< "video", "audio", "application"
  std::string protocol;
  std::vector<payload_format> formats;  ///< in order of preference
  std::string control;                  ///< as written; empty if absent
  double framerate = 0;  ///< a=framerate, or x-framerate; 0 if absent or not in (0, 1000]
};

struct session_description {
  std::string control;  ///< of the session; empty if absent
  std::vector<media_description> media;
};

/// Limits on what a description may hold.
struct sdp_limits {
  std::size_t max_media = 32;
  std::size_t max_formats = 32;
  std::size_t max_lines = 2000;
};

/// Reads a session description (RFC 8866) as cameras send it: LF or CRLF line ends, a byte
/// order mark, unknown or broken lines skipped, no required lines but one `m=`. A payload type
/// that only an rtpmap or fmtp names is added to the section; of two lines that say the same
/// thing the first counts. Takes time linear in the text. Errors: `corrupt` when there is no
/// media section or a limit is passed.
[[nodiscard]] result<session_description> parse_sdp(std::string_view text,
                                                    sdp_limits limits = {});

/// The video track camherd sets up.
struct video_track {
  video_codec codec = video_codec::h264;
  std::uint8_t payload_type = 0;
  std::uint32_t clock_rate = 90000;
  std::string setup_url;  ///< absolute
  std::vector<std::uint8_t>
      parameter_sets;  ///< Annex B from sprop-*; empty if absent or broken
  double declared_fps = 0;
};

/// What of a description camherd can use.
struct chosen_tracks {
  video_track video;
  std::string aggregate_url;         ///< for PLAY, TEARDOWN, keepalive
  std::vector<std::string> notices;  ///< what was odd and how it was read, a sentence each
};

/// Chooses the first video section with a codec we decode that is not encrypted, and resolves
/// its control URL as `resolve_control` (control_url.hpp) does against `base`, which is what
/// `description_base` found; an absolute control URL of the session stands before `base`. A
/// format without an rtpmap is taken for what its parameter sets show. Errors: `unsupported`,
/// naming what the camera offers instead.
[[nodiscard]] result<chosen_tracks> choose_video(const session_description& sdp,
                                                 std::string_view base);

/// The parameter sets of an fmtp text as Annex B: sprop-parameter-sets (RFC 6184 section 8.1),
/// sprop-vps, -sps, -pps (RFC 7798 section 7.1), in the order a decoder needs them. What cannot
/// be decoded, or is no parameter set, is left out.
[[nodiscard]] std::vector<std::uint8_t> parameter_sets_from_fmtp(video_codec codec,
                                                                 std::string_view parameters);

}  // namespace camherd::rtsp
