#pragma once

#include "apps/camherd-sim/faults/clip.hpp"
#include "apps/camherd-sim/faults/scripted_camera.hpp"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace camherd::faults {

/// What is sent as the nth picture, counted from 0; usually one unit, which may be none or
/// several. Called on the feeder's thread.
using feed_plan = std::function<std::vector<fed_unit>(std::uint64_t number)>;

/// The pictures of a clip in a loop.
[[nodiscard]] feed_plan in_a_loop(clip_ptr pictures);

/// Feeds a camera at its rate, whoever watches it, from a thread of its own.
class feeder {
 public:
  /// `camera` outlives the feeder.
  feeder(scripted_camera& camera, feed_plan plan, unsigned fps);
  ~feeder();

  feeder(const feeder&) = delete;
  feeder& operator=(const feeder&) = delete;

  /// Goes on with another plan, from its picture 0.
  void follow(feed_plan plan, unsigned fps);

 private:
  void run();

  scripted_camera& camera_;
  std::mutex mutex_;  // over what `follow` and the thread share
  std::condition_variable changed_;
  feed_plan plan_;
  std::chrono::nanoseconds interval_;
  std::uint64_t next_ = 0;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace camherd::faults
