#pragma once

#include "actors/camera.hpp"
#include "actors/messages.hpp"
#include "actors/monitor.hpp"

#include <memory>

namespace camherd {

/// Starts a herd without cameras, and under it a monitor and a metrics actor, which it restarts
/// with their state if they fail. `observer` hears of it once a second and of its end.
[[nodiscard]] herd_actor spawn_herd(caf::actor_system& system, monitor_options options,
                                    services_ptr services,
                                    std::shared_ptr<herd_observer> observer);

}  // namespace camherd
