#include "core/rtsp/item_start.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <array>

namespace camherd::rtsp::item_start {
namespace {

constexpr std::size_t npos = std::string_view::npos;

// Above this a '$' that was not where an item ends is not believed to begin a packet: channels
// are numbered from 0, two for each track, and text does not contain such bytes.
constexpr std::uint8_t max_plausible_channel = 15;

std::uint8_t byte_at(std::string_view bytes, std::size_t index) noexcept {
  return static_cast<std::uint8_t>(bytes[index]);
}

// "RTSP/1.0 2": version and the first digit of a status.
verdict begins_status_line(std::string_view bytes) noexcept {
  static constexpr std::string_view protocol = "RTSP/";
  if (const auto name = begins_with(bytes, protocol); name != verdict::yes) return name;
  static constexpr std::size_t version_end = protocol.size() + 3;
  for (std::size_t i = protocol.size(); i < std::min(bytes.size(), version_end); ++i) {
    const bool dot = i == protocol.size() + 1;
    if (dot ? bytes[i] != '.' : !is_digit(bytes[i])) return verdict::no;
  }
  static constexpr std::size_t max_spaces = 8;
  std::size_t spaces = 0;
  for (auto c : bytes.substr(std::min(version_end, bytes.size()))) {
    if (c != ' ' && c != '\t') return spaces > 0 && is_digit(c) ? verdict::yes : verdict::no;
    if (++spaces > max_spaces) return verdict::no;
  }
  return verdict::undecided;
}

// A method a server may use (RFC 2326 section 10, RFC 7826 section 13) and the beginning of a
// URL or "*".
verdict begins_request_line(std::string_view bytes) noexcept {
  static constexpr std::array<std::string_view, 12> methods{
      "OPTIONS ", "DESCRIBE ", "ANNOUNCE ", "SETUP ",         "PLAY ",          "PAUSE ",
      "RECORD ",  "TEARDOWN ", "REDIRECT ", "GET_PARAMETER ", "SET_PARAMETER ", "PLAY_NOTIFY "};
  for (const auto method : methods) {
    const auto match = begins_with(bytes, method);
    if (match == verdict::no) continue;
    if (match == verdict::undecided) return match;
    const auto uri = bytes.substr(method.size());
    return uri.starts_with('*') ? verdict::yes : begins_with(uri, "rtsp");
  }
  return verdict::no;
}

}  // namespace

std::size_t packet_payload_bytes(std::string_view bytes) noexcept {
  return static_cast<std::size_t>(byte_at(bytes, 2)) << 8 | byte_at(bytes, 3);
}

verdict begins_with(std::string_view bytes, std::string_view wanted) noexcept {
  const auto size = std::min(bytes.size(), wanted.size());
  if (!equals_ignoring_case(bytes.substr(0, size), wanted.substr(0, size))) return verdict::no;
  return size == wanted.size() ? verdict::yes : verdict::undecided;
}

verdict begins_message(std::string_view bytes) noexcept {
  const auto status = begins_status_line(bytes);
  return status != verdict::no ? status : begins_request_line(bytes);
}

verdict begins_item_after_garbage(std::string_view bytes) noexcept {
  if (bytes.empty()) return verdict::undecided;
  if (bytes[0] != '$') return begins_message(bytes);
  if (bytes.size() > 1 && byte_at(bytes, 1) > max_plausible_channel) return verdict::no;
  if (bytes.size() < packet_header_bytes) return verdict::undecided;
  static constexpr std::size_t smallest_rtcp_packet = 8;
  const auto size = packet_payload_bytes(bytes);
  if (size < smallest_rtcp_packet) return verdict::no;
  if (bytes.size() == packet_header_bytes) return verdict::undecided;
  if (byte_at(bytes, packet_header_bytes) >> 6 != 2) return verdict::no;  // version of RTP
  if (bytes.size() <= packet_header_bytes + size) return verdict::undecided;
  const auto next = bytes.substr(packet_header_bytes + size);
  if (next[0] != '$') return begins_message(next);
  if (next.size() == 1) return verdict::undecided;
  return byte_at(next, 1) <= max_plausible_channel ? verdict::yes : verdict::no;
}

std::size_t find_head_end(std::string_view text, std::size_t& from) noexcept {
  for (auto line = text.find('\n', from); line != npos; line = text.find('\n', line + 1)) {
    from = line;
    const auto rest = text.substr(line + 1);
    if (rest.starts_with('\n')) return line + 2;
    if (rest.starts_with("\r\n")) return line + 3;
    if (rest.empty() || rest == "\r") return npos;
  }
  from = text.size();
  return npos;
}

std::size_t find_item_in_body(std::string_view body, extent body_is,
                              std::size_t& from) noexcept {
  for (auto at = body.find_first_of("$Rr", from); at != npos;
       at = body.find_first_of("$Rr", at + 1)) {
    from = at;
    const auto rest = body.substr(at);
    const bool line_start = at == 0 || body[at - 1] == '\n';
    if (rest[0] != '$') {
      const auto message = begins_status_line(rest);
      if (message == verdict::yes) return at;
      if (message == verdict::undecided && body_is == extent::partial) return npos;
      // No line of a text body begins like this: it ends in the middle of a status line.
      if (message == verdict::undecided && line_start) return at;
    } else if (line_start) {
      if (rest.size() == 1 && body_is == extent::partial) return npos;
      if (rest.size() == 1 || byte_at(rest, 1) <= max_plausible_channel) return at;
    }
  }
  from = body.size();
  return npos;
}

}  // namespace camherd::rtsp::item_start
