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
  double framerate = 0;                 ///< a=framerate, or x-framerate; 0 if absent
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

/// Reads a session description (RFC 8866) as cameras send it: LF or CRLF line ends, unknown or
/// broken lines skipped, no required lines but one `m=`. Errors: `corrupt` when there is no
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

/// Chooses the first video section with a codec we decode, and resolves its control URL against
/// `base` (Content-Base, else Content-Location, else the request URL; RFC 2326 appendix C.1.1):
/// absolute as it is, relative appended, "*" or absent the base itself. Errors: `unsupported`,
/// naming what the camera offers instead.
[[nodiscard]] result<chosen_tracks> choose_video(const session_description& sdp,
                                                 std::string_view base);

/// The parameter sets of an fmtp text as Annex B: sprop-parameter-sets (RFC 6184 section 8.1),
/// sprop-vps, -sps, -pps (RFC 7798 section 7.1). What cannot be decoded, or is no parameter
/// set, is left out.
[[nodiscard]] std::vector<std::uint8_t> parameter_sets_from_fmtp(video_codec codec,
                                                                 std::string_view parameters);

}  // namespace camherd::rtsp
