#pragma once

#include "config/config.hpp"
#include "core/base/clock.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace spdlog {
class logger;
namespace sinks {
class sink;
}
}  // namespace spdlog

namespace camherd {

enum class log_level : std::uint8_t { debug, info, warning, error };

/// Writes what happens to cameras as structured lines: `camera=front-door event=stalled
/// cause="..."`, or as one JSON object a line. The same event of the same camera is written at
/// most once a second; the next line says how many were left out. Any thread (a mutex guards
/// the folding).
class event_log {
 public:
  /// `logger` must have a pattern without a prefix that breaks JSON when `format` is json.
  event_log(std::shared_ptr<spdlog::logger> logger, log_format format,
            std::shared_ptr<const clock> time);
  ~event_log();

  /// `camera` may be empty for events of the whole node. `cause` must hold no credentials.
  void write(log_level level, std::string_view camera, std::string_view event,
             std::string_view cause = {});

 private:
  struct repetition {
    mono_time written_at{};
    std::uint64_t left_out = 0;
  };

  // Shared with the program that configured it, which flushes it at the end.
  std::shared_ptr<spdlog::logger> logger_;
  log_format format_;
  std::shared_ptr<const clock> time_;
  std::mutex mutex_;
  std::map<std::string, repetition, std::less<>>
      recent_;  // camera, event, cause; pruned when large
};

/// A log into `sink` (null: standard error) with level and format as the configuration asks
/// for.
[[nodiscard]] std::shared_ptr<event_log> make_event_log(
    const node_config& node, std::shared_ptr<spdlog::sinks::sink> sink = nullptr);

}  // namespace camherd
