#pragma once

#include "actors/messages.hpp"

namespace camherd {

/// Starts a metrics actor without cameras; `herd` hears of the counts once a second.
[[nodiscard]] metrics_actor spawn_metrics(caf::actor_system& system, herd_actor herd);

}  // namespace camherd
