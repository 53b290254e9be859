#include "actors/event_feed.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <mutex>
#include <utility>

namespace camherd {
namespace {

constexpr std::array<std::string_view, log_level_count> level_names{"debug", "info", "warning",
                                                                    "error", "off"};
constexpr std::array<std::string_view, log_component_count> component_names{
    "rtsp", "decode", "delivery", "herd", "http"};

template <class Enum, std::size_t N>
std::optional<Enum> find_name(const std::array<std::string_view, N>& names,
                              std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

}  // namespace

std::string_view to_string(log_level level) noexcept {
  return level_names.at(static_cast<std::size_t>(level));
}

std::optional<log_level> read_log_level(std::string_view name) noexcept {
  if (name == "trace") return log_level::debug;
  if (name == "warn") return log_level::warning;
  if (name == "critical") return log_level::off;
  return find_name<log_level>(level_names, name);
}

std::string_view to_string(log_component component) noexcept {
  return component_names.at(static_cast<std::size_t>(component));
}

std::optional<log_component> read_log_component(std::string_view name) noexcept {
  return find_name<log_component>(component_names, name);
}

struct event_feed::state {
  mutable std::mutex mutex;
  std::deque<event_ptr> events;  // at most `kept`
  std::uint64_t last_id = 0;
  std::map<std::uint64_t, subscriber> subscribers;
  std::uint64_t next_subscriber = 1;
};

event_feed::event_feed() : state_{std::make_shared<state>()} {}

event_feed::~event_feed() = default;

void event_feed::add(node_event event) {
  const std::lock_guard lock{state_->mutex};
  event.id = ++state_->last_id;
  const auto shared = std::make_shared<const node_event>(std::move(event));
  if (state_->events.size() == kept) state_->events.pop_front();
  state_->events.push_back(shared);
  for (const auto& [id, hear] : state_->subscribers) hear(shared);
}

std::vector<event_ptr> event_feed::latest(std::size_t most,
                                          std::optional<std::string_view> camera,
                                          log_level least) const {
  std::vector<event_ptr> found;
  {
    const std::lock_guard lock{state_->mutex};
    for (auto at = state_->events.rbegin(); at != state_->events.rend(); ++at) {
      if (found.size() == most) break;
      const auto& event = **at;
      if (event.level >= least && (!camera || event.camera == *camera)) found.push_back(*at);
    }
  }
  std::reverse(found.begin(), found.end());
  return found;
}

std::uint64_t event_feed::last_id() const {
  const std::lock_guard lock{state_->mutex};
  return state_->last_id;
}

event_subscription event_feed::subscribe(std::uint64_t after, subscriber hear) {
  const std::lock_guard lock{state_->mutex};
  if (after > state_->last_id) after = 0;
  for (const auto& event : state_->events) {
    if (event->id > after) hear(event);
  }
  const auto id = state_->next_subscriber++;
  state_->subscribers.emplace(id, std::move(hear));
  return event_subscription{[state = state_, id] {
    const std::lock_guard end_lock{state->mutex};
    state->subscribers.erase(id);
  }};
}

}  // namespace camherd
