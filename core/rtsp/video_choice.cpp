#include "core/base/bitstream.hpp"
#include "core/base/text.hpp"
#include "core/rtsp/base64.hpp"
#include "core/rtsp/control_url.hpp"
#include "core/rtsp/sdp.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace camherd::rtsp {
namespace {

constexpr std::uint32_t video_clock_rate = 90000;
constexpr std::array<std::uint8_t, 4> start_code{0, 0, 0, 1};

std::optional<video_codec> codec_named(std::string_view encoding) {
  if (encoding == "H264") return video_codec::h264;
  if (encoding == "H265" || encoding == "HEVC") return video_codec::h265;
  if (encoding == "JPEG") return video_codec::mjpeg;
  return std::nullopt;
}

// Calls `visit` with name and value of each parameter of an fmtp text.
template <class Visit>
void for_each_parameter(std::string_view text, Visit&& visit) {
  while (!text.empty()) {
    auto value = take_until(text, ';');
    const auto name = trim(take_until(value, '='));
    value = trim(value);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
      value = value.substr(1, value.size() - 2);
    }
    visit(name, value);
  }
}

std::string_view find_parameter(std::string_view text, std::string_view wanted) {
  std::string_view found;
  for_each_parameter(text, [&](std::string_view name, std::string_view value) {
    if (found.empty() && equals_ignoring_case(name, wanted)) found = value;
  });
  return found;
}

constexpr std::string_view h264_sets = "sprop-parameter-sets";
// In the order a decoder needs them.
constexpr std::array<std::string_view, 3> h265_sets{"sprop-vps", "sprop-sps", "sprop-pps"};

// Some cameras put a start code before, or an empty NAL unit behind, the parameter set.
void append_sets(video_codec codec, std::string_view list, std::vector<std::uint8_t>& out) {
  while (!list.empty()) {
    const auto bytes = decode_base64(take_until(list, ','));
    if (!bytes) continue;
    std::vector<std::uint8_t> stream{start_code.begin(), start_code.end()};
    stream.insert(stream.end(), bytes->begin(), bytes->end());
    for_each_nal(stream, [&](std::span<const std::uint8_t> nal) {
      if (role_of(codec, nal) != nal_role::parameter_set) return;
      out.insert(out.end(), start_code.begin(), start_code.end());
      out.insert(out.end(), nal.begin(), nal.end());
    });
  }
}

bool has_parameter_sets(video_codec codec, std::string_view parameters) {
  if (codec == video_codec::h264) return !find_parameter(parameters, h264_sets).empty();
  if (codec != video_codec::h265) return false;
  return std::any_of(h265_sets.begin(), h265_sets.end(), [&](std::string_view name) {
    return !find_parameter(parameters, name).empty();
  });
}

// The codec of a format; without an rtpmap its parameters can tell.
std::optional<video_codec> codec_of(const payload_format& format) {
  if (!format.encoding.empty()) return codec_named(format.encoding);
  for (const auto codec : {video_codec::h264, video_codec::h265}) {
    if (has_parameter_sets(codec, format.parameters)) return codec;
  }
  return std::nullopt;
}

bool is_encrypted(const media_description& media) {
  return media.protocol.find("SAVP") != std::string::npos;
}

struct choice {
  const media_description* media = nullptr;
  const payload_format* format = nullptr;
  video_codec codec = video_codec::h264;
};

std::optional<choice> choose_format(const session_description& sdp) {
  for (const auto& media : sdp.media) {
    if (media.kind != "video" || is_encrypted(media)) continue;
    for (const auto& format : media.formats) {
      if (const auto codec = codec_of(format)) return choice{&media, &format, *codec};
    }
  }
  return std::nullopt;
}

// What a description offers, for a message: "video MP4V-ES, audio PCMU".
std::string offers_of(const session_description& sdp) {
  static constexpr std::size_t max_named = 6;
  static constexpr std::size_t max_name = 24;
  std::string names;
  for (std::size_t i = 0; i < std::min(sdp.media.size(), max_named); ++i) {
    const auto& media = sdp.media[i];
    if (!names.empty()) names += ", ";
    names += media.kind.substr(0, max_name);
    if (is_encrypted(media)) names += " (encrypted)";
    if (media.formats.empty()) continue;
    const auto& format = media.formats.front();
    names += " " + (format.encoding.empty() ? "of payload type " + std::to_string(format.type)
                                            : format.encoding.substr(0, max_name));
  }
  if (sdp.media.size() > max_named) names += ", ...";
  return names;
}

void note_oddities(const session_description& sdp, const choice& chosen,
                   std::vector<std::string>& notices) {
  const auto tracks =
      std::count_if(sdp.media.begin(), sdp.media.end(),
                    [](const media_description& media) { return media.kind == "video"; });
  if (tracks > 1) {
    notices.push_back("the camera offers " + std::to_string(tracks) +
                      " video tracks; the first that can be decoded is used");
  }
  if (chosen.format->encoding.empty()) {
    notices.push_back("the video has no rtpmap; its parameters say it is " +
                      std::string{to_string(chosen.codec)});
  }
  if (chosen.format->clock_rate == 0) {
    notices.emplace_back("the video has no usable clock rate; 90000 Hz is assumed");
  }
  if (chosen.media->control.empty() && sdp.media.size() > 1) {
    notices.emplace_back("the video has no control URL; that of the session is used");
  }
}

}  // namespace

std::vector<std::uint8_t> parameter_sets_from_fmtp(video_codec codec,
                                                   std::string_view parameters) {
  std::vector<std::uint8_t> sets;
  if (codec == video_codec::h264) {
    append_sets(codec, find_parameter(parameters, h264_sets), sets);
  } else if (codec == video_codec::h265) {
    for (const auto name : h265_sets) {
      append_sets(codec, find_parameter(parameters, name), sets);
    }
  }
  return sets;
}

result<chosen_tracks> choose_video(const session_description& sdp, std::string_view base) {
  const auto chosen = choose_format(sdp);
  if (!chosen) {
    return error{error_kind::unsupported,
                 "no video that can be decoded (H264, H265 or JPEG); the camera offers: " +
                     offers_of(sdp)};
  }
  chosen_tracks tracks;
  note_oddities(sdp, *chosen, tracks.notices);
  auto& video = tracks.video;
  video.codec = chosen->codec;
  video.payload_type = chosen->format->type;
  video.clock_rate =
      chosen->format->clock_rate == 0 ? video_clock_rate : chosen->format->clock_rate;
  video.declared_fps = chosen->media->framerate;
  video.parameter_sets = parameter_sets_from_fmtp(video.codec, chosen->format->parameters);
  if (video.parameter_sets.empty() &&
      has_parameter_sets(video.codec, chosen->format->parameters)) {
    tracks.notices.emplace_back(
        "the parameter sets of the session description cannot be read; those in the stream "
        "are awaited");
  }
  auto aggregate = resolve_control(base, sdp.control);
  // FFmpeg, GStreamer and live555 take an absolute URL of the session as the base of the
  // tracks.
  auto setup = resolve_control(is_absolute_rtsp_url(sdp.control) ? aggregate.url : base,
                               chosen->media->control);
  tracks.notices.insert(tracks.notices.end(), setup.notices.begin(), setup.notices.end());
  // Both URLs usually name the same host, which is worth one sentence.
  if (aggregate.notices != setup.notices) {
    tracks.notices.insert(tracks.notices.end(), aggregate.notices.begin(),
                          aggregate.notices.end());
  }
  tracks.aggregate_url = std::move(aggregate.url);
  video.setup_url = std::move(setup.url);
  return tracks;
}

}  // namespace camherd::rtsp
