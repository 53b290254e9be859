#pragma once

#include "actors/event_feed.hpp"
#include "config/config.hpp"
#include "core/base/clock.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace spdlog {
class logger;
namespace sinks {
class sink;
}
}  // namespace spdlog

namespace camherd {

/// Writes what happens as structured lines: `camera=front-door event=stalled cause="..."
/// component=rtsp`, or as one JSON object a line, and tells the event feed of it. Lines are
/// valid UTF-8 whatever a camera sends. The same event of the same camera is written at most
/// once a second; the next line says how many were left out, so that the lines and what they
/// left out add up to the events. Any thread (a mutex guards the folding).
class event_log {
 public:
  /// `logger` must have a pattern without a prefix that breaks JSON when `format` is json. Its
  /// level becomes that of every component.
  event_log(std::shared_ptr<spdlog::logger> logger, log_format format,
            std::shared_ptr<const clock> time);

  /// Writes what `settle` has not written yet.
  ~event_log();

  event_log(const event_log&) = delete;
  event_log& operator=(const event_log&) = delete;

  /// `camera` may be empty for events of the whole node. `cause` must hold no credentials.
  /// Events of level info and above go into the feed even if they are not logged.
  void write(log_level level, std::string_view camera, std::string_view event,
             std::string_view cause = {}, log_component component = log_component::herd);

  /// Writes what was left out of events that have not come for a second. To be called about
  /// once a second: nothing else tells of the last ones.
  void settle();

  /// Events of `component` below `least` are not logged from now on.
  void set_level(log_component component, log_level least) noexcept;
  [[nodiscard]] log_level level(log_component component) const noexcept;

  /// Never null. Shared with those who read it, who may outlive the log.
  [[nodiscard]] const std::shared_ptr<event_feed>& feed() const noexcept { return feed_; }

 private:
  struct burst {
    node_event event;
    mono_time written_at{};
    std::uint64_t left_out = 0;
  };
  enum class which : std::uint8_t { over, all };

  void emit(node_event event);
  [[nodiscard]] std::vector<node_event> take_left_out(which bursts, mono_time now);

  // Shared with the program that configured it, which flushes it at the end.
  std::shared_ptr<spdlog::logger> logger_;
  log_format format_;
  std::shared_ptr<const clock> time_;
  std::shared_ptr<event_feed> feed_ = std::make_shared<event_feed>();
  // Read by every thread that has something to say, and set by whoever steers.
  std::array<std::atomic<log_level>, log_component_count> levels_{};
  std::mutex mutex_;
  // By camera, event and cause. At most `most_remembered`; more are written as they come.
  std::map<std::string, burst, std::less<>> bursts_;
};

/// A log with level and format as the configuration asks for, into its file (which is renamed
/// and begun anew at the size it may have) and into `sink`; without either, to standard error.
/// A file that cannot be written is said in the log itself, which then goes to standard error.
[[nodiscard]] std::shared_ptr<event_log> make_event_log(
    const node_config& node, std::shared_ptr<spdlog::sinks::sink> sink = nullptr);

}  // namespace camherd
