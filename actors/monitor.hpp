#pragma once

#include "actors/camera.hpp"
#include "actors/messages.hpp"
#include "core/base/backoff.hpp"

#include <functional>

namespace camherd {

/// How the monitor restarts cameras.
struct monitor_options {
  restart_policy restarts;
  double connects_per_second = 50;               ///< of the node; as many may come at once
  double connects_per_second_per_host = 20;      ///< of one host; as many may come at once
  std::chrono::milliseconds silence{5000};       ///< an actor silent for longer is stuck
  std::chrono::milliseconds halt_timeout{3000};  ///< for cameras to go down in good order
  std::function<double()> random;                ///< uniform in [0, 1), for jitter
};

/// The options a configuration asks for, with a random generator of its own.
[[nodiscard]] monitor_options make_monitor_options(const node_config& node);

/// Starts a monitor without cameras; `herd` hears of their health once a second.
[[nodiscard]] monitor_actor spawn_monitor(caf::actor_system& system, monitor_options options,
                                          services_ptr services, herd_actor herd);

}  // namespace camherd
