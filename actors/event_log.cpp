#include "actors/event_log.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <utility>

namespace camherd {
namespace {

constexpr std::size_t most_remembered = 4096;

spdlog::level::level_enum level_of(log_level level) {
  switch (level) {
    case log_level::debug:
      return spdlog::level::debug;
    case log_level::info:
      return spdlog::level::info;
    case log_level::warning:
      return spdlog::level::warn;
    case log_level::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

// `text` between double quotes, escaped as in JSON; control characters cannot forge lines.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned char>(c));
      out += escape;
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string as_text(std::string_view camera, std::string_view event, std::string_view cause,
                    std::uint64_t left_out) {
  std::string line;
  if (!camera.empty()) line += "camera=" + std::string{camera} + ' ';
  line += "event=" + std::string{event};
  if (!cause.empty()) line += " cause=" + quoted(cause);
  if (left_out > 0) line += " repeated=" + std::to_string(left_out);
  return line;
}

std::string as_json(std::string_view camera, std::string_view event, std::string_view cause,
                    std::uint64_t left_out) {
  std::string line;
  if (!camera.empty()) line += "\"camera\":" + quoted(camera) + ',';
  line += "\"event\":" + quoted(event);
  if (!cause.empty()) line += ",\"cause\":" + quoted(cause);
  if (left_out > 0) line += ",\"repeated\":" + std::to_string(left_out);
  return line;
}

}  // namespace

event_log::event_log(std::shared_ptr<spdlog::logger> logger, log_format format,
                     std::shared_ptr<const clock> time)
    : logger_{std::move(logger)}, format_{format}, time_{std::move(time)} {}

event_log::~event_log() = default;

void event_log::write(log_level level, std::string_view camera, std::string_view event,
                      std::string_view cause) {
  if (!logger_->should_log(level_of(level))) return;
  std::uint64_t left_out = 0;
  {
    const std::lock_guard lock{mutex_};
    const auto now = time_->now();
    if (recent_.size() >= most_remembered) {
      std::erase_if(recent_, [&](const auto& entry) {
        return now - entry.second.written_at > std::chrono::seconds{1};
      });
    }
    std::string key{camera};
    key += '\n';
    key += event;
    key += '\n';
    key += cause;
    const auto [place, is_new] = recent_.try_emplace(std::move(key));
    if (!is_new && now - place->second.written_at < std::chrono::seconds{1}) {
      ++place->second.left_out;
      return;
    }
    left_out = std::exchange(place->second.left_out, 0);
    place->second.written_at = now;
  }
  logger_->log(level_of(level), format_ == log_format::json
                                    ? as_json(camera, event, cause, left_out)
                                    : as_text(camera, event, cause, left_out));
}

std::shared_ptr<event_log> make_event_log(const node_config& node,
                                          std::shared_ptr<spdlog::sinks::sink> sink) {
  if (!sink) sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
  auto logger = std::make_shared<spdlog::logger>("camherd", std::move(sink));
  logger->set_level(spdlog::level::from_str(node.log_level));
  logger->set_pattern(node.log_format == log_format::json
                          ? R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l",%v})"
                          : "%Y-%m-%dT%H:%M:%S.%e%z %^%l%$ %v");
  return std::make_shared<event_log>(std::move(logger), node.log_format,
                                     std::make_shared<machine_clock>());
}

}  // namespace camherd
