#include "core/delivery/event_loop.hpp"

#include "tests/support/catch.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <new>
#include <thread>
#include <vector>

using namespace camherd;
using namespace std::chrono_literals;

namespace {

constexpr auto patience = 20s;

/// Waits until all that is due by now has run.
void settle(event_loop& loop) {
  std::promise<void> reached;
  loop.run_at(std::chrono::steady_clock::now(), [&] { reached.set_value(); });
  REQUIRE(reached.get_future().wait_for(patience) == std::future_status::ready);
}

/// Work that must wait until this is destroyed, so that more of it comes due together.
class held_loop {
 public:
  explicit held_loop(event_loop& loop) {
    loop.post([may_go = std::shared_future{go_.get_future()}] { may_go.wait(); });
  }
  ~held_loop() { go_.set_value(); }
  held_loop(const held_loop&) = delete;
  held_loop& operator=(const held_loop&) = delete;

 private:
  std::promise<void> go_;
};

}  // namespace

TEST_CASE("work that there is no memory for takes no other with it", "[delivery]") {
  const auto loop = event_loop::create();
  REQUIRE(loop);
  std::vector<int> done;
  {
    const held_loop together{**loop};
    for (const int number : {1, 2, 3}) {
      (*loop)->post([&done, number] {
        if (number == 2) throw std::bad_alloc{};
        done.push_back(number);
      });
    }
  }
  settle(**loop);
  CHECK(done == std::vector{1, 3});
}

TEST_CASE("work that posts itself leaves descriptors their turn", "[delivery]") {
  const auto loop = event_loop::create();
  REQUIRE(loop);
  const unique_fd counter{::eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK)};
  std::atomic<bool> seen = false;
  std::function<void()> again = [&] {
    if (!seen) (*loop)->post(again);
  };
  (*loop)->post(again);
  const auto watched = (*loop)->watch(counter.get(), EPOLLIN, [&](std::uint32_t) {
    seen = true;
    ::eventfd_t value = 0;
    ::eventfd_read(counter.get(), &value);
  });
  REQUIRE(watched);
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!seen && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(1ms);
  CHECK(seen);
  seen = true;
  settle(**loop);
}

TEST_CASE("work is called in the order of its times", "[delivery]") {
  const auto loop = event_loop::create();
  REQUIRE(loop);
  std::vector<int> done;
  {
    const held_loop together{**loop};
    const auto now = std::chrono::steady_clock::now();
    (*loop)->run_at(now - 1ms, [&] { done.push_back(3); });
    (*loop)->run_at(now - 2ms, [&] { done.push_back(2); });
    (*loop)->post([&] { done.push_back(1); });
  }
  settle(**loop);
  CHECK(done == std::vector{1, 2, 3});
}

TEST_CASE("a descriptor that cannot be watched is an error", "[delivery]") {
  const auto loop = event_loop::create();
  REQUIRE(loop);
  CHECK_FALSE((*loop)->watch(-1, EPOLLIN, [](std::uint32_t) {}));
  settle(**loop);
}
