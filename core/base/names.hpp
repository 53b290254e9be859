#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace camherd {

/// True for a valid camera name: `[a-z0-9][a-z0-9_-]{0,62}`.
[[nodiscard]] bool is_camera_name(std::string_view name) noexcept;

/// Why an access unit or a frame was not used. One closed set for code, metrics and
/// documentation.
enum class drop_reason : unsigned char {
  queue_overflow,     ///< the camera's queue was full
  stale,              ///< waited in the queue longer than `max_age`, or its session ended first
  rate_limit,         ///< more frames than anybody asked for
  not_reference,      ///< only reference pictures were asked for
  not_keyframe,       ///< only keyframes were asked for
  awaiting_keyframe,  ///< a picture it depends on is missing
  corrupt,            ///< damaged, or refused by the decoder
  no_free_slot,       ///< every slot of the camera's pool was in use
  consumer_busy,      ///< replaced by a newer frame before its consumer took it
};

inline constexpr std::size_t drop_reason_count = 9;

/// Every reason, in the order of the enumeration.
inline constexpr std::array<drop_reason, drop_reason_count> drop_reasons{
    drop_reason::queue_overflow, drop_reason::stale,        drop_reason::rate_limit,
    drop_reason::not_reference,  drop_reason::not_keyframe, drop_reason::awaiting_keyframe,
    drop_reason::corrupt,        drop_reason::no_free_slot, drop_reason::consumer_busy};

[[nodiscard]] std::string_view to_string(drop_reason reason) noexcept;

/// What a camera is doing, as operators see it.
enum class camera_state : unsigned char {
  stopped,           ///< not wanted
  connecting,        ///< the session is being opened
  waiting_keyframe,  ///< connected; no keyframe yet
  streaming,         ///< pictures arrive
  stalled,           ///< connected, but nothing arrived for `stall_timeout`
  failed,            ///< the session ended with an error
  backoff,           ///< waiting before the next try
  quarantined,       ///< restart budget spent, or credentials refused: one slow retry a minute
};

inline constexpr std::size_t camera_state_count = 8;

[[nodiscard]] std::string_view to_string(camera_state state) noexcept;

/// The state machine of a camera: true if it may go from `from` to `to`.
///
///     stopped -> connecting -> waiting_keyframe -> streaming -> (stalled | failed) -> backoff
///     connecting, waiting_keyframe -> stalled | failed
///     backoff -> connecting;  (stalled | failed) -> quarantined -> connecting
///     any -> stopped
[[nodiscard]] bool may_follow(camera_state from, camera_state to) noexcept;

/// Why a camera's session was started again.
enum class restart_cause : unsigned char {
  connection,      ///< could not connect, or the connection broke
  authentication,  ///< credentials refused
  stall,           ///< no access unit in time
  protocol,        ///< the camera broke its protocol or offers nothing usable
  decoder,         ///< `error_threshold` decode errors in a row
  end_of_stream,   ///< the camera ended the stream
  crash,           ///< the camera actor ended with an exception
  requested,       ///< somebody asked for it
};

inline constexpr std::size_t restart_cause_count = 8;

inline constexpr std::array<restart_cause, restart_cause_count> restart_causes{
    restart_cause::connection, restart_cause::authentication, restart_cause::stall,
    restart_cause::protocol,   restart_cause::decoder,        restart_cause::end_of_stream,
    restart_cause::crash,      restart_cause::requested};

[[nodiscard]] std::string_view to_string(restart_cause cause) noexcept;

}  // namespace camherd
