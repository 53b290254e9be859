#pragma once

#include "core/delivery/frame_server.hpp"
#include "tests/delivery/lease_client.hpp"
#include "tests/support/temporary_folder.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace camherd::testing {

/// A frame server with one camera, `yard`, whose frames the test publishes.
class camera_stage {
 public:
  explicit camera_stage(frame_server_options options = {}, std::size_t max_leases = 32);

  /// Publishes the next frame: 64x32 yuv420p whose first sample counts the frames. Returns it.
  frame publish(frame_metadata metadata = {});

  /// The next frame, not published yet.
  frame prepare(frame_metadata metadata = {});

  [[nodiscard]] std::unique_ptr<lease_client> connect() const;
  [[nodiscard]] std::unique_ptr<lease_client> join(const lease::hello& request = {}) const;

  /// Waits until `condition` holds; fails the test after ten seconds.
  template <class Condition>
  static void eventually(Condition condition);

  [[nodiscard]] camera_demand demanded() const;
  [[nodiscard]] std::uint64_t dropped(drop_reason why) const {
    return outlet->counts().dropped_by[static_cast<std::size_t>(why)];
  }
  [[nodiscard]] std::vector<std::string> problems() const;

  temporary_folder folder;
  std::shared_ptr<slot_pool> pool;  ///< of the frames; the test may put another in its place
  std::atomic<int> conversions{0};
  std::shared_ptr<frame_server> server;
  std::shared_ptr<frame_outlet> outlet;
  mono_time clock = std::chrono::steady_clock::now();  ///< of the frames: 100 ms apart

 private:
  mutable std::mutex mutex_;
  camera_demand demanded_;
  std::vector<std::string> problems_;
  std::uint64_t next_ = 0;
};

void fail_after_patience(std::chrono::steady_clock::time_point since);

template <class Condition>
void camera_stage::eventually(Condition condition) {
  const auto since = std::chrono::steady_clock::now();
  while (!condition()) fail_after_patience(since);
}

}  // namespace camherd::testing
