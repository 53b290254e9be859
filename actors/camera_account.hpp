#pragma once

#include "core/frame/flow_ledger.hpp"
#include "core/metrics/camera_metrics.hpp"

#include <atomic>
#include <cstdint>

namespace camherd {

/// Everything counted of one camera. Made by the herd when the camera is wanted and shared with
/// the actors that serve and read it, so that it outlives sessions and crashes of the camera's
/// actor, and can be read even while that actor is stuck. Any thread.
struct camera_account {
  // Shared with the camera's queues, which enter their drops.
  std::shared_ptr<flow_ledger> flow = std::make_shared<flow_ledger>();
  camera_metrics metrics;
  // Atomic because a crashed actor and its successor may overlap for a moment.
  std::atomic<std::uint64_t> next_frame{0};
  std::atomic<std::uint32_t> next_generation{0};
};

}  // namespace camherd
