// What a channel does with connections that have not said hello.
#include "core/delivery/camera_channel.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace camherd {

void camera_channel::drop_oldest_stranger() {
  std::uint64_t oldest = 0;
  {
    const std::lock_guard lock{mutex_};
    std::size_t strangers = 0;
    for (const auto& [id, c] : consumers_) {
      if (c->link.is_welcome()) continue;
      if (oldest == 0) oldest = id;
      ++strangers;
    }
    if (strangers <= around_->options.max_strangers) return;
    consumers_.at(oldest)->link.refuse(
        {lease::refusal::busy, "too many connections that have not said hello"});
  }
  remove(oldest);
}

// One appointment for all strangers: whoever connects in a storm must not cost a timer each.
void camera_channel::expect_hello() {
  const std::lock_guard lock{mutex_};
  const auto first = std::find_if(consumers_.begin(), consumers_.end(),
                                  [](const auto& c) { return !c.second->link.is_welcome(); });
  if (first == consumers_.end() || std::exchange(expecting_hello_, true)) return;
  around_->loop->run_at(first->second->connected_at + around_->options.hello_timeout,
                        [channel = weak()] {
                          if (const auto self = channel.lock()) self->expire_strangers();
                        });
}

void camera_channel::expire_strangers() {
  std::vector<std::uint64_t> expired;
  {
    const std::lock_guard lock{mutex_};
    expecting_hello_ = false;
    const auto before = std::chrono::steady_clock::now() - around_->options.hello_timeout;
    for (const auto& [id, c] : consumers_) {
      if (c->link.is_welcome() || c->connected_at > before) continue;
      c->link.refuse({lease::refusal::malformed, "no hello in time"});
      expired.push_back(id);
    }
  }
  for (const auto id : expired) remove(id);
  expect_hello();
}

}  // namespace camherd
