#pragma once

// Every message type and actor interface of camherd.

#include "actors/camera_account.hpp"
#include "actors/compat.hpp"
#include "actors/status.hpp"
#include "config/config.hpp"
#include "core/base/source.hpp"
#include "core/frame/frame_sink.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace camherd {

/// A wanted camera, where it is counted and where its frames go.
struct camera_entry {
  std::shared_ptr<const camera_config> spec;
  std::shared_ptr<camera_account> account;
  std::shared_ptr<frame_outlet> outlet{};  ///< null if nobody takes frames
  std::uint64_t number = 0;                ///< no other entry of the herd has it
};

/// From an outlet: what its consumers ask for together has changed.
struct consumers_asked {
  std::string name;
  std::uint64_t entry = 0;  ///< number of the entry: the words of a closed outlet are void
  camera_demand asked;
};

/// From a source: its stream is open.
struct source_opened {
  std::uint64_t session = 0;
  stream_info info;
};

/// From a source: something an operator should know.
struct source_notice {
  std::uint64_t session = 0;
  std::string text;
};

/// From a source: its stream has ended.
struct source_ended {
  std::uint64_t session = 0;
  error reason{error_kind::end_of_stream, ""};
};

/// From a camera: a session reached `waiting_keyframe` or `streaming`.
struct camera_progress {
  std::string name;
  std::uint64_t incarnation = 0;  ///< of the actor: reports of a predecessor are void
  camera_state state = camera_state::connecting;
};

/// From a camera: its session is over and everything of it cleared away.
struct camera_session_over {
  std::string name;
  std::uint64_t incarnation = 0;
  restart_cause cause = restart_cause::connection;
  error reason{error_kind::end_of_stream, ""};
};

/// From a camera, once a second: it still takes messages.
struct camera_alive {
  std::string name;
  std::uint64_t incarnation = 0;
};

/// The configuration to bring about.
using config_ptr = std::shared_ptr<const config>;
/// State of every camera, from the monitor.
using health_ptr = std::shared_ptr<const std::vector<camera_health>>;
/// Counts of every camera, from the metrics actor.
using counters_ptr = std::shared_ptr<const std::vector<camera_counters>>;

}  // namespace camherd

CAF_BEGIN_TYPE_ID_BLOCK(camherd, caf::first_custom_type_id)
CAF_ADD_ATOM(camherd, camherd, track_atom, "track")
CAF_ADD_ATOM(camherd, camherd, untrack_atom, "untrack")
CAF_ADD_ATOM(camherd, camherd, switch_atom, "switch")
CAF_ADD_ATOM(camherd, camherd, apply_atom, "apply")
CAF_ADD_ATOM(camherd, camherd, restart_atom, "restart")
CAF_ADD_ATOM(camherd, camherd, retry_atom, "retry")
CAF_ADD_ATOM(camherd, camherd, session_atom, "session")
CAF_ADD_ATOM(camherd, camherd, wake_atom, "wake")
CAF_ADD_ATOM(camherd, camherd, turn_atom, "turn")
CAF_ADD_ATOM(camherd, camherd, settle_atom, "settle")
CAF_ADD_ATOM(camherd, camherd, beat_atom, "beat")
CAF_ADD_ATOM(camherd, camherd, halt_atom, "halt")
CAF_ADD_ATOM(camherd, camherd, halted_atom, "halted")
CAF_ADD_ATOM(camherd, camherd, expire_atom, "expire")
CAF_ADD_TYPE_ID(camherd, (camherd::camera_entry))
CAF_ADD_TYPE_ID(camherd, (camherd::source_opened))
CAF_ADD_TYPE_ID(camherd, (camherd::source_notice))
CAF_ADD_TYPE_ID(camherd, (camherd::source_ended))
CAF_ADD_TYPE_ID(camherd, (camherd::camera_progress))
CAF_ADD_TYPE_ID(camherd, (camherd::camera_session_over))
CAF_ADD_TYPE_ID(camherd, (camherd::camera_alive))
CAF_ADD_TYPE_ID(camherd, (camherd::consumers_asked))
CAF_ADD_TYPE_ID(camherd, (camherd::demand))
CAF_ADD_TYPE_ID(camherd, (camherd::camera_demand))
CAF_ADD_TYPE_ID(camherd, (camherd::config_ptr))
CAF_ADD_TYPE_ID(camherd, (camherd::health_ptr))
CAF_ADD_TYPE_ID(camherd, (camherd::counters_ptr))
CAF_END_TYPE_ID_BLOCK(camherd)

// None of these leaves the process: they hold shared immutable data or belong to one process.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(camherd::camera_entry)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(camherd::source_opened)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(camherd::source_notice)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(camherd::source_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(camherd::camera_progress)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(camherd::camera_session_over)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(camherd::camera_alive)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(camherd::consumers_asked)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(camherd::demand)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(camherd::camera_demand)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(camherd::config_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(camherd::health_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(camherd::counters_ptr)

namespace camherd {

/// One camera: owns its source, its decoder and its queue. Supervised by the monitor; ends when
/// that ends.
using camera_actor = caf::typed_actor<
    /// Open a session with this number. Only while none is open.
    hears<session_atom, std::uint64_t>,
    /// Close the session in good order and report it over, for the cause `requested`.
    hears<restart_atom>,
    /// Close the session in good order, then end.
    hears<halt_atom>,
    /// What the herd and the camera's consumers ask for together has changed.
    hears<camera_demand>,
    /// Access units wait in the queue.
    hears<wake_atom>,
    /// Use the next access unit.
    hears<turn_atom>,
    /// A demand has been held for its time.
    hears<settle_atom>,
    /// A closed source has had its time to end.
    hears<expire_atom, std::uint64_t>, hears<source_opened>, hears<source_notice>,
    hears<source_ended>,
    /// A second has passed.
    hears<beat_atom>>;

/// Restarts what fails: starts camera actors, tells them when to connect, counts failures,
/// notices silent actors. Supervised by the herd.
using monitor_actor = caf::typed_actor<
    /// Bring this camera up and keep it up.
    hears<track_atom, camera_entry>,
    /// Whether this camera runs has changed, and nothing else of its entry: begin or end its
    /// session.
    hears<switch_atom, camera_entry>,
    /// Shut this camera down and forget it.
    hears<untrack_atom, std::string>,
    /// Restart this camera's session now, if it runs.
    hears<restart_atom, std::string>,
    /// Every camera is to serve this demand, beside that of its consumers.
    hears<demand>,
    /// From the herd: serve these consumers.
    hears<consumers_asked>,
    /// The delay of this camera's numbered try is over.
    hears<retry_atom, std::string, std::uint64_t>, hears<camera_progress>,
    hears<camera_session_over>, hears<camera_alive>,
    /// A second has passed.
    hears<beat_atom>,
    /// Shut every camera down, answer the herd with `halted_atom` and end.
    hears<halt_atom>,
    /// Cameras that are still not down have had their time.
    hears<expire_atom>>;

/// Counts every camera's frames and drops. Supervised by the herd.
using metrics_actor = caf::typed_actor<
    /// Count this camera.
    hears<track_atom, camera_entry>,
    /// Forget this camera.
    hears<untrack_atom, std::string>,
    /// A second has passed: take a sample and report to the herd.
    hears<beat_atom>,
    /// Report final counts to the herd, answer with `halted_atom`, and end.
    hears<halt_atom>>;

/// The desired state: which cameras are wanted. The application talks to it alone.
using herd_actor = caf::typed_actor<
    /// Bring this configuration about; cameras whose settings are unchanged are left alone, and
    /// those that only stop or start keep their counts and their consumers.
    hears<apply_atom, config_ptr>,
    /// Serve this demand on every camera, beside that of its consumers.
    hears<demand>,
    /// From an outlet.
    hears<consumers_asked>,
    /// Restart one camera's session.
    hears<restart_atom, std::string>,
    /// From the monitor.
    hears<health_ptr>,
    /// From the metrics actor.
    hears<counters_ptr>,
    /// From the monitor or the metrics actor: it has shut down.
    hears<halted_atom>,
    /// Shut everything down in reverse order of start, tell the observer and end.
    hears<halt_atom>>;

}  // namespace camherd
