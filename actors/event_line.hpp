#pragma once

#include "actors/event_feed.hpp"

#include <spdlog/common.h>

#include <string>

namespace camherd {

/// What the log puts before an event written as text: the time with its zone, and the level.
inline constexpr auto text_line_pattern = "%Y-%m-%dT%H:%M:%S.%e%z %^%l%$ %v";

/// `camera=yard event=stalled cause="..." component=rtsp`. Control characters are escaped, so
/// that they can neither forge lines nor steer a terminal.
[[nodiscard]] std::string text_of(const node_event& event);

/// The members of a JSON object that say the same, without its braces.
[[nodiscard]] std::string json_members_of(const node_event& event);

/// The literal line of a text log about an event, without its line break.
[[nodiscard]] std::string line_of(const node_event& event);

[[nodiscard]] spdlog::level::level_enum spdlog_level(log_level level) noexcept;

}  // namespace camherd
