#pragma once

#include "core/base/clock.hpp"
#include "core/base/names.hpp"
#include "core/frame/flow_ledger.hpp"
#include "core/frame/frame_sink.hpp"
#include "core/metrics/camera_metrics.hpp"

#include <memory>
#include <string>
#include <vector>

namespace camherd {

/// Rates over the last ten seconds, per second.
struct flow_rates {
  double received = 0;
  double decoded = 0;
  double published = 0;
  double bits = 0;
};

/// What the metrics actor knows of a camera.
struct camera_counters {
  std::string name;
  flow_counts flow;
  camera_counts counts;
  flow_rates rates;
  delivery_counts delivery;  ///< of the outlet it has now
};

/// What the monitor knows of a camera.
struct camera_health {
  std::string name;
  camera_state state = camera_state::stopped;
  std::string detail;      ///< why it is in this state; empty if there is nothing to say
  bool responsive = true;  ///< false: the actor is silent, stuck in a library call
};

/// One camera as operators see it.
struct camera_status {
  camera_health health;
  camera_counters counters;
};

/// The whole herd, cameras in the order of the configuration.
struct herd_status {
  mono_time at{};  ///< when the counts were put together
  std::vector<camera_status> cameras;
};

/// Hears of the herd. Called on a scheduler worker, never twice at once; must not block.
class herd_observer {
 public:
  virtual ~herd_observer() = default;

  /// Once a second.
  virtual void on_status(std::shared_ptr<const herd_status> status) = 0;

  /// The last call: everything has been shut down; `status` holds the final counts.
  virtual void on_stopped(std::shared_ptr<const herd_status> status) = 0;
};

}  // namespace camherd
