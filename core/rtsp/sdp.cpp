#include "core/rtsp/sdp.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace camherd::rtsp {
namespace {

constexpr unsigned max_payload_type = 127;

struct static_format {
  std::uint8_t type;
  std::string_view encoding;
  std::uint32_t clock_rate;
};

// RFC 3551 tables 4 and 5, as far as cameras use them.
constexpr std::array<static_format, 15> static_formats{{{0, "PCMU", 8000},
                                                        {3, "GSM", 8000},
                                                        {4, "G723", 8000},
                                                        {5, "DVI4", 8000},
                                                        {8, "PCMA", 8000},
                                                        {9, "G722", 8000},
                                                        {10, "L16", 44100},
                                                        {11, "L16", 44100},
                                                        {14, "MPA", 90000},
                                                        {18, "G729", 8000},
                                                        {26, "JPEG", 90000},
                                                        {31, "H261", 90000},
                                                        {32, "MPV", 90000},
                                                        {33, "MP2T", 90000},
                                                        {34, "H263", 90000}}};

error too_many(std::string_view what, std::size_t limit) {
  return {error_kind::corrupt, "session description with more than " + std::to_string(limit) +
                                   " " + std::string{what}};
}

std::string_view take_word(std::string_view& text) {
  text = trim(text);
  const auto size = std::min(text.find_first_of(" \t"), text.size());
  const auto word = text.substr(0, size);
  text = trim(text.substr(size));
  return word;
}

std::optional<std::uint8_t> payload_type(std::string_view word) {
  const auto type = leading_number<unsigned>(word);
  if (!type || *type > max_payload_type) return std::nullopt;
  return static_cast<std::uint8_t>(*type);
}

payload_format format_of(std::uint8_t type) {
  payload_format format;
  format.type = type;
  for (const auto& known : static_formats) {
    if (known.type != type) continue;
    format.encoding = known.encoding;
    format.clock_rate = known.clock_rate;
  }
  return format;
}

// The format `type` of a section. A type that only an attribute names is added, because some
// cameras have another number in m= than in rtpmap. Null if the section is full.
payload_format* format_in(media_description& media, std::uint8_t type, std::size_t limit) {
  const auto found =
      std::find_if(media.formats.begin(), media.formats.end(),
                   [&](const payload_format& format) { return format.type == type; });
  if (found != media.formats.end()) return &*found;
  if (media.formats.size() >= limit) return nullptr;
  return &media.formats.emplace_back(format_of(type));
}

// "video 0/2 RTP/AVP 96 97" (RFC 8866 section 5.14).
result<media_description> read_media(std::string_view text, const sdp_limits& limits) {
  media_description media;
  media.kind = lower_case(printable(take_word(text)));
  take_word(text);  // the port means nothing in RTSP
  media.protocol = upper_case(printable(take_word(text)));
  while (!text.empty()) {
    const auto type = payload_type(take_word(text));
    if (!type) continue;
    if (format_in(media, *type, limits.max_formats) == nullptr) {
      return too_many("formats in one media section", limits.max_formats);
    }
  }
  return media;
}

// "96 H264/90000"
void read_rtpmap(std::string_view text, media_description& media, const sdp_limits& limits) {
  const auto type = payload_type(take_word(text));
  const auto encoding = trim(take_until(text, '/'));
  if (!type || encoding.empty()) return;
  auto* format = format_in(media, *type, limits.max_formats);
  if (format == nullptr) return;
  format->encoding = upper_case(printable(encoding));
  format->clock_rate = leading_number<std::uint32_t>(trim(text)).value_or(0);
}

// "96 packetization-mode=1;..."; the first that says anything counts.
void read_fmtp(std::string_view text, media_description& media, const sdp_limits& limits) {
  const auto type = payload_type(take_word(text));
  if (!type || text.empty()) return;
  auto* format = format_in(media, *type, limits.max_formats);
  if (format != nullptr && format->parameters.empty()) format->parameters = text;
}

double read_framerate(std::string_view text) {
  static constexpr double max_framerate = 1000;
  double rate = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), rate);
  if (status != std::errc{} || !std::isfinite(rate)) return 0;
  return rate > 0 && rate <= max_framerate ? rate : 0;
}

void read_attribute(std::string_view text, session_description& sdp, const sdp_limits& limits) {
  const auto name = trim(take_until(text, ':'));
  const auto value = trim(text);
  if (equals_ignoring_case(name, "control")) {
    auto& control = sdp.media.empty() ? sdp.control : sdp.media.back().control;
    if (control.empty()) control = value;
    return;
  }
  if (sdp.media.empty()) return;
  auto& media = sdp.media.back();
  if (equals_ignoring_case(name, "rtpmap")) {
    read_rtpmap(value, media, limits);
  } else if (equals_ignoring_case(name, "fmtp")) {
    read_fmtp(value, media, limits);
  } else if (equals_ignoring_case(name, "framerate") ||
             equals_ignoring_case(name, "x-framerate")) {
    if (media.framerate == 0) media.framerate = read_framerate(value);
  }
}

}  // namespace

result<session_description> parse_sdp(std::string_view text, sdp_limits limits) {
  static constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  static constexpr std::string_view line_ends{"\r\n\0", 3};
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  session_description sdp;
  std::size_t lines = 0;
  while (!text.empty()) {
    const auto size = std::min(text.find_first_of(line_ends), text.size());
    const auto line = trim(text.substr(0, size));
    text.remove_prefix(std::min(size + 1, text.size()));
    if (line.empty()) continue;
    if (++lines > limits.max_lines) return too_many("lines", limits.max_lines);
    if (line.size() < 2 || line[1] != '=') continue;
    const auto value = line.substr(2);
    if (ascii_lower(line[0]) == 'm') {
      if (sdp.media.size() == limits.max_media) {
        return too_many("media sections", limits.max_media);
      }
      auto media = read_media(value, limits);
      if (!media) return media.error();
      sdp.media.push_back(std::move(*media));
    } else if (ascii_lower(line[0]) == 'a') {
      read_attribute(value, sdp, limits);
    }
  }
  if (sdp.media.empty()) {
    return error{error_kind::corrupt, "session description without a media section"};
  }
  return sdp;
}

}  // namespace camherd::rtsp
