#include "actors/event_line.hpp"

#include <spdlog/details/log_msg.h>
#include <spdlog/pattern_formatter.h>

#include <cstdio>
#include <string_view>

namespace camherd {
namespace {

// `text`, which is valid UTF-8, between double quotes, escaped as in JSON. Control characters
// (C0, DEL and C1) can neither forge lines nor steer a terminal.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto code = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
    const bool c1 = code == 0xc2 && next < 0xa0;
    if (c1) {
      code = static_cast<unsigned char>(next);
      ++i;
    }
    if (c1 || code < 0x20 || code == 0x7f) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", code);
      out += escape;
    } else {
      if (code == '"' || code == '\\') out += '\\';
      out += text[i];
    }
  }
  return out + '"';
}

}  // namespace

std::string text_of(const node_event& e) {
  std::string line;
  if (!e.camera.empty()) line += "camera=" + e.camera + ' ';
  line += "event=" + e.event;
  if (!e.cause.empty()) line += " cause=" + quoted(e.cause);
  line += " component=" + std::string{to_string(e.component)};
  if (e.repeated > 0) line += " repeated=" + std::to_string(e.repeated);
  return line;
}

std::string json_members_of(const node_event& e) {
  std::string line;
  if (!e.camera.empty()) line += "\"camera\":" + quoted(e.camera) + ',';
  line += "\"event\":" + quoted(e.event);
  if (!e.cause.empty()) line += ",\"cause\":" + quoted(e.cause);
  line += ",\"component\":" + quoted(to_string(e.component));
  if (e.repeated > 0) line += ",\"repeated\":" + std::to_string(e.repeated);
  return line;
}

spdlog::level::level_enum spdlog_level(log_level level) noexcept {
  switch (level) {
    case log_level::debug:
      return spdlog::level::debug;
    case log_level::info:
      return spdlog::level::info;
    case log_level::warning:
      return spdlog::level::warn;
    case log_level::error:
      return spdlog::level::err;
    case log_level::off:
      return spdlog::level::off;
  }
  return spdlog::level::err;
}

std::string line_of(const node_event& event) {
  const auto text = text_of(event);
  spdlog::details::log_msg said{event.at, spdlog::source_loc{}, "", spdlog_level(event.level),
                                text};
  spdlog::pattern_formatter form{text_line_pattern, spdlog::pattern_time_type::local, ""};
  spdlog::memory_buf_t line;
  form.format(said, line);
  return {line.data(), line.size()};
}

}  // namespace camherd
