#include "apps/camherd-sim/broadcaster.hpp"

#include <functional>
#include <queue>
#include <vector>

namespace camherd::sim {

broadcaster::broadcaster(std::span<const std::unique_ptr<camera>> cameras)
    : cameras_{cameras}, thread_{[this] { run(); }} {}

broadcaster::~broadcaster() {
  {
    const std::lock_guard lock{mutex_};
    stop_ = true;
  }
  stopped_.notify_one();
  thread_.join();
}

void broadcaster::run() {
  struct turn {
    mono_time due;
    camera* of;
    bool operator>(const turn& other) const { return due > other.due; }
  };
  std::priority_queue<turn, std::vector<turn>, std::greater<>> turns;
  for (const auto& one : cameras_) turns.push({one->due(), one.get()});

  const machine_clock clock;
  std::unique_lock lock{mutex_};
  while (!stopped_.wait_until(lock, turns.top().due, [this] { return stop_; })) {
    const turn now = turns.top();
    turns.pop();
    lock.unlock();
    turns.push({now.of->tick(clock.now()), now.of});
    lock.lock();
  }
}

}  // namespace camherd::sim
