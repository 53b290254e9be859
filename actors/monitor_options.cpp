#include "actors/monitor.hpp"

#include <memory>
#include <random>

namespace camherd {

monitor_options make_monitor_options(const node_config& node) {
  monitor_options options;
  options.restarts.initial_delay = node.restart_delay;
  options.restarts.max_delay = node.restart_delay_max;
  options.restarts.slow_delay = node.quarantine_delay;
  options.restarts.budget = node.process_restart_threshold;
  options.connects_per_second = node.connects_per_second;
  options.connects_per_second_per_host = node.connects_per_second_per_host;
  // Shared so that copies of the function draw from one sequence; only the monitor calls it.
  auto generator = std::make_shared<std::minstd_rand>(std::random_device{}());
  options.random = [generator] { return std::generate_canonical<double, 32>(*generator); };
  return options;
}

}  // namespace camherd
