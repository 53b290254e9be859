#include "apps/camherd-sim/faults/feeder.hpp"

#include <chrono>
#include <utility>

namespace camherd::faults {
namespace {

std::chrono::nanoseconds interval_of(unsigned fps) {
  return std::chrono::nanoseconds{std::chrono::seconds{1}} / fps;
}

}  // namespace

feed_plan in_a_loop(clip_ptr pictures) {
  return [pictures = std::move(pictures)](std::uint64_t number) {
    return std::vector<fed_unit>{{pictures->units[number % pictures->units.size()], {}}};
  };
}

feeder::feeder(scripted_camera& camera, feed_plan plan, unsigned fps)
    : camera_{camera}, plan_{std::move(plan)}, interval_{interval_of(fps)} {
  thread_ = std::thread{[this] { run(); }};
}

feeder::~feeder() {
  {
    const std::lock_guard lock{mutex_};
    stop_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void feeder::follow(feed_plan plan, unsigned fps) {
  const std::lock_guard lock{mutex_};
  plan_ = std::move(plan);
  interval_ = interval_of(fps);
  next_ = 0;
}

void feeder::run() {
  auto due = std::chrono::steady_clock::now();
  std::unique_lock lock{mutex_};
  while (!changed_.wait_until(lock, due, [this] { return stop_; })) {
    for (auto& unit : plan_(next_)) camera_.feed(std::move(unit));
    ++next_;
    due += interval_;
  }
}

}  // namespace camherd::faults
