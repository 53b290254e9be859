#include "core/rtsp/message.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace camherd::rtsp {
namespace {

constexpr std::string_view line_end = "\r\n";

void append_fields(std::string& out, const header_list& headers, std::string_view body) {
  for (const auto& field : headers.fields()) {
    out.append(printable(field.name)).append(": ").append(printable(field.value));
    out += line_end;
  }
  if (!body.empty()) {
    out.append("Content-Length: ").append(std::to_string(body.size())).append(line_end);
  }
  out.append(line_end).append(body);
}

// The value behind `name` and '=' in a parameter such as "timeout = 60"; nothing if it is
// another parameter.
std::optional<std::string_view> parameter(std::string_view text, std::string_view name) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  if (!equals_ignoring_case(trim(text.substr(0, equals)), name)) return std::nullopt;
  auto value = trim(text.substr(equals + 1));
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
    value = trim(value.substr(1, value.size() - 2));
  }
  return value;
}

// Both numbers of "4-5", or the first of "4".
template <class T>
std::pair<std::optional<T>, std::optional<T>> number_range(std::string_view text) {
  const auto first = leading_number<T>(trim(take_until(text, '-')));
  return {first, first ? leading_number<T>(trim(text)) : std::nullopt};
}

// What stands before the first comma outside quotes: a header may offer several transports.
std::string_view first_of_list(std::string_view text) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (text[i] == ',' && !quoted) return text.substr(0, i);
  }
  return text;
}

std::optional<std::uint32_t> parse_ssrc(std::string_view text) {
  if (starts_with_ignoring_case(text, "0x")) text.remove_prefix(2);
  return leading_number<std::uint32_t>(text, 16);
}

// Where an entry of RTP-Info begins at or after `from`: "url=" at the beginning or behind a
// comma.
std::size_t find_entry(std::string_view text, std::size_t from) {
  for (auto at = find_ignoring_case(text, "url", from); at != std::string_view::npos;
       at = find_ignoring_case(text, "url", at + 1)) {
    const auto before = trim(text.substr(0, at));
    if (!trim(text.substr(at + 3)).starts_with('=')) continue;
    if (before.empty() || before.back() == ',') return at;
  }
  return std::string_view::npos;
}

void read_rtp_info_parameter(std::string_view text, rtp_info_entry& entry) {
  if (const auto value = parameter(text, "seq")) {
    entry.sequence = leading_number<std::uint16_t>(*value);
  } else if (const auto time = parameter(text, "rtptime")) {
    entry.rtp_time = leading_number<std::uint32_t>(*time);
  }
}

bool is_rtp_info_parameter(std::string_view text) {
  return parameter(text, "seq") || parameter(text, "rtptime") || parameter(text, "ssrc");
}

rtp_info_entry read_rtp_info_entry(std::string_view text) {
  rtp_info_entry entry;
  std::size_t url_end = text.size();
  // From the end: a URL may hold semicolons, but the parameters behind it have known names.
  while (url_end > 0) {
    const auto semicolon = text.rfind(';', url_end - 1);
    const auto begin = semicolon == std::string_view::npos ? 0 : semicolon + 1;
    const auto piece = trim(text.substr(begin, url_end - begin));
    if (!piece.empty() && !is_rtp_info_parameter(piece)) break;
    read_rtp_info_parameter(piece, entry);
    url_end = semicolon == std::string_view::npos ? 0 : semicolon;
  }
  entry.url = parameter(text.substr(0, url_end), "url").value_or(std::string_view{});
  return entry;
}

}  // namespace

void header_list::add(std::string name, std::string value) {
  fields_.push_back({std::move(name), std::move(value)});
}

std::optional<std::string_view> header_list::find(std::string_view name) const noexcept {
  for (const auto& field : fields_) {
    if (equals_ignoring_case(field.name, name)) return field.value;
  }
  return std::nullopt;
}

std::vector<std::string_view> header_list::find_all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& field : fields_) {
    if (equals_ignoring_case(field.name, name)) values.emplace_back(field.value);
  }
  return values;
}

std::string request::serialize(std::uint32_t sequence) const {
  auto out = printable(method) + " " + printable(uri) +
             " RTSP/1.0\r\nCSeq: " + std::to_string(sequence) + "\r\n";
  append_fields(out, headers, body);
  return out;
}

std::string response::serialize() const {
  auto out = "RTSP/1.0 " + std::to_string(status) + " " + printable(reason) + "\r\n";
  if (cseq) out.append("CSeq: ").append(std::to_string(*cseq)).append(line_end);
  append_fields(out, headers, body);
  return out;
}

result<transport_header> parse_transport(std::string_view value) {
  transport_header transport;
  bool known = false;
  auto rest = first_of_list(value);
  while (!rest.empty()) {
    const auto piece = trim(take_until(rest, ';'));
    if (starts_with_ignoring_case(piece, "RTP/")) {
      known = true;
      transport.tcp |= find_ignoring_case(piece, "/TCP") != std::string_view::npos;
    } else if (const auto channels = parameter(piece, "interleaved")) {
      known = transport.tcp = true;
      std::tie(transport.interleaved_rtp, transport.interleaved_rtcp) =
          number_range<std::uint8_t>(*channels);
    } else if (const auto ports = parameter(piece, "server_port")) {
      known = true;
      std::tie(transport.server_rtp_port, transport.server_rtcp_port) =
          number_range<std::uint16_t>(*ports);
    } else if (const auto source = parameter(piece, "source"); source && !source->empty()) {
      transport.source = std::string{*source};
    } else if (const auto ssrc = parameter(piece, "ssrc")) {
      transport.ssrc = parse_ssrc(*ssrc);
    }
  }
  if (!known) {
    return error{error_kind::corrupt, "Transport header names no transport: \"" +
                                          printable(value.substr(0, 80)) + "\""};
  }
  return transport;
}

result<session_header> parse_session(std::string_view value) {
  session_header session;
  session.id = std::string{trim(take_until(value, ';'))};
  if (session.id.empty()) {
    return error{error_kind::corrupt, "Session header without an identifier"};
  }
  while (!value.empty()) {
    const auto timeout = parameter(take_until(value, ';'), "timeout");
    if (!timeout) continue;
    const auto seconds = leading_number<std::uint32_t>(*timeout).value_or(0);
    if (seconds != 0) session.timeout_seconds = seconds;
  }
  return session;
}

std::vector<rtp_info_entry> parse_rtp_info(std::string_view value) {
  value = trim(value);
  std::vector<rtp_info_entry> entries;
  auto begin = find_entry(value, 0);
  if (begin == std::string_view::npos) begin = 0;
  while (begin < value.size()) {
    const auto next = std::min(find_entry(value, begin + 1), value.size());
    auto text = trim(value.substr(begin, next - begin));
    while (text.ends_with(',')) text = trim(text.substr(0, text.size() - 1));
    auto entry = read_rtp_info_entry(text);
    if (!entry.url.empty() || entry.sequence || entry.rtp_time) {
      entries.push_back(std::move(entry));
    }
    begin = next;
  }
  return entries;
}

}  // namespace camherd::rtsp
