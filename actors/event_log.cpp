#include "actors/event_log.hpp"

#include "config/utf8.hpp"

#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <utility>

namespace camherd {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_remembered = 4096;
constexpr auto fold_time = 1s;

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
    case log_level::off:
      return spdlog::level::off;
  }
  return spdlog::level::err;
}

log_level level_of(spdlog::level::level_enum level) {
  const auto name = spdlog::level::to_string_view(level);
  return read_log_level({name.data(), name.size()}).value_or(log_level::info);
}

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

std::string as_text(const node_event& e) {
  std::string line;
  if (!e.camera.empty()) line += "camera=" + e.camera + ' ';
  line += "event=" + e.event;
  if (!e.cause.empty()) line += " cause=" + quoted(e.cause);
  line += " component=" + std::string{to_string(e.component)};
  if (e.repeated > 0) line += " repeated=" + std::to_string(e.repeated);
  return line;
}

std::string as_json(const node_event& e) {
  std::string line;
  if (!e.camera.empty()) line += "\"camera\":" + quoted(e.camera) + ',';
  line += "\"event\":" + quoted(e.event);
  if (!e.cause.empty()) line += ",\"cause\":" + quoted(e.cause);
  line += ",\"component\":" + quoted(to_string(e.component));
  if (e.repeated > 0) line += ",\"repeated\":" + std::to_string(e.repeated);
  return line;
}

}  // namespace

event_log::event_log(std::shared_ptr<spdlog::logger> logger, log_format format,
                     std::shared_ptr<const clock> time)
    : logger_{std::move(logger)}, format_{format}, time_{std::move(time)} {
  for (auto& level : levels_) level = level_of(logger_->level());
  logger_->set_level(spdlog::level::trace);
}

event_log::~event_log() {
  for (auto& event : take_left_out(which::all, time_->now())) emit(std::move(event));
}

void event_log::set_level(log_component component, log_level least) noexcept {
  levels_[static_cast<std::size_t>(component)].store(least, std::memory_order_relaxed);
}

log_level event_log::level(log_component component) const noexcept {
  return levels_[static_cast<std::size_t>(component)].load(std::memory_order_relaxed);
}

void event_log::write(log_level level, std::string_view camera, std::string_view event,
                      std::string_view cause, log_component component) {
  if (level < log_level::info && level < this->level(component)) return;
  node_event said{.level = level,
                  .component = component,
                  .camera = with_valid_utf8(camera),
                  .event = with_valid_utf8(event),
                  .cause = with_valid_utf8(cause)};
  const auto now = time_->now();
  {
    const std::lock_guard lock{mutex_};
    auto key = said.camera + '\n' + said.event + '\n' + said.cause;
    const auto known = bursts_.find(key);
    if (known != bursts_.end()) {
      auto& before = known->second;
      if (now - before.written_at < fold_time) {
        ++before.left_out;
        return;
      }
      said.repeated = std::exchange(before.left_out, 0);
      before.written_at = now;
    } else if (bursts_.size() < most_remembered) {
      bursts_.emplace(std::move(key), burst{said, now, 0});
    }
  }
  emit(std::move(said));
}

void event_log::settle() {
  for (auto& event : take_left_out(which::over, time_->now())) emit(std::move(event));
}

// The line that tells of a burst's end is itself one of the events that were left out.
std::vector<node_event> event_log::take_left_out(which bursts, mono_time now) {
  std::vector<node_event> taken;
  const std::lock_guard lock{mutex_};
  for (auto at = bursts_.begin(); at != bursts_.end();) {
    auto& [key, b] = *at;
    if (bursts == which::over && now - b.written_at < fold_time) {
      ++at;
    } else if (b.left_out == 0) {
      at = bursts_.erase(at);
    } else {
      taken.push_back(b.event);
      taken.back().repeated = std::exchange(b.left_out, 0) - 1;
      b.written_at = now;
      ++at;
    }
  }
  return taken;
}

void event_log::emit(node_event event) {
  const bool logged = event.level >= level(event.component);
  if (logged) {
    logger_->log(level_of(event.level),
                 format_ == log_format::json ? as_json(event) : as_text(event));
  }
  if (!logged && event.level < log_level::info) return;
  event.at = time_->wall_now();
  feed_->add(std::move(event));
}

std::shared_ptr<event_log> make_event_log(const node_config& node,
                                          std::shared_ptr<spdlog::sinks::sink> sink) {
  auto logger = std::make_shared<spdlog::logger>("camherd");
  std::string problem;
  if (sink) logger->sinks().push_back(std::move(sink));
  if (!node.log_file.empty()) {
    try {
      logger->sinks().push_back(std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
          node.log_file, node.log_file_bytes, node.log_file_count));
    } catch (const spdlog::spdlog_ex& failed) {
      problem = failed.what();
    }
  }
  if (logger->sinks().empty())
    logger->sinks().push_back(std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  logger->set_level(spdlog::level::from_str(node.log_level));
  // Events are rare, and the last one before a crash is the one that is wanted.
  logger->flush_on(spdlog::level::trace);
  logger->set_pattern(node.log_format == log_format::json
                          ? R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l",%v})"
                          : "%Y-%m-%dT%H:%M:%S.%e%z %^%l%$ %v");
  auto log = std::make_shared<event_log>(std::move(logger), node.log_format,
                                         std::make_shared<machine_clock>());
  if (!problem.empty()) log->write(log_level::error, "", "log_file", problem);
  return log;
}

}  // namespace camherd
