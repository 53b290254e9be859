#pragma once

#include "core/base/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace camherd {

/// How much an event matters, least first. `off` is above all events and only a threshold.
enum class log_level : std::uint8_t { debug, info, warning, error, off };

inline constexpr std::size_t log_level_count = 5;

/// "debug", "info", "warning", "error", "off".
[[nodiscard]] std::string_view to_string(log_level level) noexcept;

/// A level by the name that `to_string` or the configuration (trace, warn, critical) gives it.
[[nodiscard]] std::optional<log_level> read_log_level(std::string_view name) noexcept;

/// The part of camherd that an event comes from.
enum class log_component : std::uint8_t { rtsp, decode, delivery, herd, http };

inline constexpr std::size_t log_component_count = 5;

[[nodiscard]] std::string_view to_string(log_component component) noexcept;
[[nodiscard]] std::optional<log_component> read_log_component(std::string_view name) noexcept;

/// Something that happened, as an operator reads it. The texts are valid UTF-8 and hold no
/// credentials, but may hold what a camera sent.
struct node_event {
  std::uint64_t id = 0;  ///< counts the events of this process, from 1
  wall_time at{};
  log_level level = log_level::info;
  log_component component = log_component::herd;
  std::string camera;  ///< empty for events of the whole node
  std::string event;
  std::string cause;           ///< may be empty
  std::uint64_t repeated = 0;  ///< how many of the same were left out before this one
};

/// Shared by all who read it.
using event_ptr = std::shared_ptr<const node_event>;

/// Holds a subscriber in its feed for as long as it lives. May outlive the feed. When it has
/// been destroyed its subscriber is not called any more, and no call of it is under way.
class event_subscription {
 public:
  event_subscription() = default;
  explicit event_subscription(std::function<void()> end) : end_{std::move(end)} {}
  event_subscription(event_subscription&& other) noexcept
      : end_{std::exchange(other.end_, nullptr)} {}
  event_subscription& operator=(event_subscription&& other) noexcept {
    std::swap(end_, other.end_);
    return *this;
  }
  ~event_subscription() {
    if (end_) end_();
  }

 private:
  std::function<void()> end_;
};

/// The last events of this process and those to come. Any thread: its mutex keeps every
/// subscriber's events in their order. It keeps `kept` events; the oldest makes room.
class event_feed {
 public:
  static constexpr std::size_t kept = 1000;

  using subscriber = std::function<void(const event_ptr&)>;

  event_feed();
  ~event_feed();
  event_feed(const event_feed&) = delete;
  event_feed& operator=(const event_feed&) = delete;

  /// Gives `event` the next id and passes it on.
  void add(node_event event);

  /// The newest `most` events of at least this level, oldest first; those of `camera` alone if
  /// it is given.
  [[nodiscard]] std::vector<event_ptr> latest(std::size_t most,
                                              std::optional<std::string_view> camera = {},
                                              log_level least = log_level::debug) const;

  /// The id of the newest event, 0 before the first.
  [[nodiscard]] std::uint64_t last_id() const;

  /// Calls `hear` for every event that is kept and has an id above `after`, before it returns,
  /// and then for each one to come, on the thread where it happens. `hear` must neither block
  /// nor use the feed, nor end a subscription. An id that this process has not reached is of an
  /// earlier one and counts as 0. All calls, of every subscriber, come one after the other.
  [[nodiscard]] event_subscription subscribe(std::uint64_t after, subscriber hear);

 private:
  struct state;
  std::shared_ptr<state> state_;  // shared with subscriptions, which may be the last to go
};

}  // namespace camherd
