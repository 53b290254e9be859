#include "apps/camherd/api/change_queue.hpp"

#include "core/base/thread_priority.hpp"

#include <exception>
#include <utility>

namespace camherd::api {

change_queue::change_queue() : thread_{[this] { work_off(); }} {}

change_queue::~change_queue() {
  {
    const std::lock_guard lock{mutex_};
    over_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

bool change_queue::push(change work) {
  {
    const std::lock_guard lock{mutex_};
    if (waiting_.size() >= capacity) return false;
    waiting_.push_back(std::move(work));
  }
  changed_.notify_one();
  return true;
}

void change_queue::work_off() {
  give_way_to_pictures();
  std::unique_lock lock{mutex_};
  for (;;) {
    changed_.wait(lock, [this] { return over_ || !waiting_.empty(); });
    if (over_) return;
    auto work = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    try {
      work();
    } catch (const std::exception&) {
      // Its responder goes without an answer, which the client is told as a mistake of ours.
    }
    work = nullptr;
    lock.lock();
  }
}

}  // namespace camherd::api
