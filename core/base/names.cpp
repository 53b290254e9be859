#include "core/base/names.hpp"

#include <algorithm>

namespace camherd {

bool is_camera_name(std::string_view name) noexcept {
  const auto alphanumeric = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  };
  return !name.empty() && name.size() <= 63 && alphanumeric(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return alphanumeric(c) || c == '_' || c == '-'; });
}

std::string_view to_string(drop_reason reason) noexcept {
  switch (reason) {
    case drop_reason::queue_overflow:
      return "queue_overflow";
    case drop_reason::stale:
      return "stale";
    case drop_reason::rate_limit:
      return "rate_limit";
    case drop_reason::not_reference:
      return "not_reference";
    case drop_reason::not_keyframe:
      return "not_keyframe";
    case drop_reason::awaiting_keyframe:
      return "awaiting_keyframe";
    case drop_reason::corrupt:
      return "corrupt";
    case drop_reason::no_free_slot:
      return "no_free_slot";
    case drop_reason::consumer_busy:
      return "consumer_busy";
  }
  return "unknown";
}

std::string_view to_string(camera_state state) noexcept {
  switch (state) {
    case camera_state::stopped:
      return "stopped";
    case camera_state::connecting:
      return "connecting";
    case camera_state::waiting_keyframe:
      return "waiting_keyframe";
    case camera_state::streaming:
      return "streaming";
    case camera_state::stalled:
      return "stalled";
    case camera_state::failed:
      return "failed";
    case camera_state::backoff:
      return "backoff";
    case camera_state::quarantined:
      return "quarantined";
  }
  return "unknown";
}

bool may_follow(camera_state from, camera_state to) noexcept {
  using enum camera_state;
  if (to == stopped) return from != stopped;
  switch (from) {
    case stopped:
    case backoff:
    case quarantined:
      return to == connecting;
    case connecting:
      return to == waiting_keyframe || to == stalled || to == failed;
    case waiting_keyframe:
      return to == streaming || to == stalled || to == failed;
    case streaming:
      return to == stalled || to == failed;
    case stalled:
    case failed:
      return to == backoff || to == quarantined;
  }
  return false;
}

std::string_view to_string(restart_cause cause) noexcept {
  switch (cause) {
    case restart_cause::connection:
      return "connection";
    case restart_cause::authentication:
      return "authentication";
    case restart_cause::stall:
      return "stall";
    case restart_cause::protocol:
      return "protocol";
    case restart_cause::decoder:
      return "decoder";
    case restart_cause::end_of_stream:
      return "end_of_stream";
    case restart_cause::crash:
      return "crash";
    case restart_cause::requested:
      return "requested";
  }
  return "unknown";
}

}  // namespace camherd
