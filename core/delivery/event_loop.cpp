#include "core/delivery/event_loop.hpp"

#include "core/base/memory_shortage.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <iterator>
#include <unistd.h>
#include <utility>

namespace camherd {
namespace {

constexpr event_loop::token of_waker = 0;

}  // namespace

result<std::unique_ptr<event_loop>> event_loop::create() {
  unique_fd poller{::epoll_create1(EPOLL_CLOEXEC)};
  if (!poller) return system_error(error_kind::internal, "epoll_create1", errno);
  unique_fd waker{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  if (!waker) return system_error(error_kind::internal, "eventfd", errno);
  epoll_event woken{};
  woken.events = EPOLLIN;
  woken.data.u64 = of_waker;
  if (::epoll_ctl(poller.get(), EPOLL_CTL_ADD, waker.get(), &woken) != 0) {
    return system_error(error_kind::internal, "epoll_ctl", errno);
  }
  return std::unique_ptr<event_loop>{new event_loop{std::move(poller), std::move(waker)}};
}

event_loop::event_loop(unique_fd poller, unique_fd waker)
    : poller_{std::move(poller)}, waker_{std::move(waker)}, thread_{[this] { run(); }} {}

event_loop::~event_loop() {
  stop();
}

void event_loop::stop() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake();
  if (thread_.joinable()) thread_.join();
}

result<event_loop::token> event_loop::watch(int fd, std::uint32_t events, handler h) {
  const std::lock_guard lock{mutex_};
  // First the handler, for which there may be no memory: a descriptor that is watched without
  // one would keep the thread busy.
  const auto entry =
      handlers_.emplace(next_token_, std::make_shared<handler>(std::move(h))).first;
  epoll_event wanted{};
  wanted.events = events;
  wanted.data.u64 = next_token_;
  if (::epoll_ctl(poller_.get(), EPOLL_CTL_ADD, fd, &wanted) != 0) {
    const int problem = errno;
    handlers_.erase(entry);
    return system_error(error_kind::internal, "epoll_ctl", problem);
  }
  return next_token_++;
}

void event_loop::change(token which, int fd, std::uint32_t events) {
  epoll_event wanted{};
  wanted.events = events;
  wanted.data.u64 = which;
  ::epoll_ctl(poller_.get(), EPOLL_CTL_MOD, fd, &wanted);
}

void event_loop::forget(token which, int fd) {
  ::epoll_ctl(poller_.get(), EPOLL_CTL_DEL, fd, nullptr);
  const std::lock_guard lock{mutex_};
  handlers_.erase(which);
}

void event_loop::post(std::function<void()> work) {
  run_at(mono_time::min(), std::move(work));
}

void event_loop::run_at(mono_time at, std::function<void()> work) {
  {
    const std::lock_guard lock{mutex_};
    due_.emplace(at, std::move(work));
  }
  wake();
}

void event_loop::wake() const {
  const std::uint64_t one = 1;
  // Full means that it will wake anyway.
  [[maybe_unused]] const auto written = ::write(waker_.get(), &one, sizeof(one));
}

void event_loop::run() {
  go_on_without_memory([this] {
    for (;;) {
      call_handlers(timeout_ms());
      call_due();
      const std::lock_guard lock{mutex_};
      if (stopping_) return;
    }
  });
}

int event_loop::timeout_ms() {
  const std::lock_guard lock{mutex_};
  if (stopping_) return 0;
  if (due_.empty()) return -1;
  const auto now = std::chrono::steady_clock::now();
  if (due_.begin()->first <= now) return 0;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(due_.begin()->first - now);
  return static_cast<int>(std::min<std::int64_t>(left.count(), 60'000));
}

void event_loop::call_handlers(int timeout_ms) {
  std::array<epoll_event, 64> happened{};
  const int count = ::epoll_wait(poller_.get(), happened.data(),
                                 static_cast<int>(happened.size()), timeout_ms);
  for (int i = 0; i < count; ++i) {
    // Copies: the kernel's struct is packed, and nothing may refer into it.
    const epoll_event& event = happened[static_cast<std::size_t>(i)];
    const std::uint32_t events = event.events;
    const token which = event.data.u64;
    if (which == of_waker) {
      std::uint64_t calls = 0;
      [[maybe_unused]] const auto got = ::read(waker_.get(), &calls, sizeof(calls));
      continue;
    }
    std::shared_ptr<handler> called;
    {
      const std::lock_guard lock{mutex_};
      const auto found = handlers_.find(which);
      if (found == handlers_.end()) continue;
      called = found->second;
    }
    (*called)(events);
  }
}

void event_loop::call_due() {
  const auto now = std::chrono::steady_clock::now();
  auto count = [&] {
    const std::lock_guard lock{mutex_};
    return std::distance(due_.begin(), due_.upper_bound(now));
  }();
  // One by one: work that fails for want of memory takes none of the others with it. No more
  // than there was at first, or work that posts itself would keep the descriptors waiting.
  for (; count > 0; --count) {
    const auto next = [&] {
      const std::lock_guard lock{mutex_};
      return due_.extract(due_.begin());
    }();
    next.mapped()();
  }
}

}  // namespace camherd
