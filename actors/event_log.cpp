#include "actors/event_log.hpp"

#include "actors/event_line.hpp"
#include "config/utf8.hpp"

#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <utility>

namespace camherd {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_remembered = 4096;
constexpr auto fold_time = 1s;

log_level level_of(spdlog::level::level_enum level) {
  const auto name = spdlog::level::to_string_view(level);
  return read_log_level({name.data(), name.size()}).value_or(log_level::info);
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
  event.at = time_->wall_now();
  if (logged) {
    logger_->log(event.at, spdlog::source_loc{}, spdlog_level(event.level),
                 format_ == log_format::json ? json_members_of(event) : text_of(event));
  }
  if (!logged && event.level < log_level::info) return;
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
                          : text_line_pattern);
  auto log = std::make_shared<event_log>(std::move(logger), node.log_format,
                                         std::make_shared<machine_clock>());
  if (!problem.empty()) log->write(log_level::error, "", "log_file", problem);
  return log;
}

}  // namespace camherd
