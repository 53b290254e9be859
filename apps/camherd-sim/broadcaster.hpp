#pragma once

#include "apps/camherd-sim/camera.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <span>
#include <thread>

namespace camherd::sim {

/// Ticks all cameras from one thread, each at its own due times.
class broadcaster {
 public:
  /// The cameras outlive the broadcaster.
  explicit broadcaster(std::span<const std::unique_ptr<camera>> cameras);
  ~broadcaster();
  broadcaster(const broadcaster&) = delete;
  broadcaster& operator=(const broadcaster&) = delete;

 private:
  void run();

  const std::span<const std::unique_ptr<camera>> cameras_;
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace camherd::sim
