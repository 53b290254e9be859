#include "core/rtsp/io_pool.hpp"

#include "core/base/memory_shortage.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>
#include <vector>

namespace camherd::rtsp {

namespace asio = boost::asio;

namespace {

struct event_loop {
  asio::io_context io{1};  // one thread runs it
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  std::thread thread{[this] { go_on_without_memory([this] { io.run(); }); }};
};

}  // namespace

struct io_pool::state {
  explicit state(name_lookup::function find) : names{std::move(find)} {}

  std::vector<std::unique_ptr<event_loop>> loops;
  // Atomic because actors on any thread open sessions.
  std::atomic<std::size_t> turn{0};
  std::atomic<bool> notice_claimed{false};
  name_lookup names;  // goes before the loops that it answers on
};

io_pool::io_pool(std::size_t threads, name_lookup::function find)
    : state_{std::make_unique<state>(std::move(find))} {
  const auto count = std::max<std::size_t>(threads, 1);
  state_->loops.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    state_->loops.push_back(std::make_unique<event_loop>());
  }
}

io_pool::~io_pool() {
  for (auto& loop : state_->loops) loop->io.stop();
  for (auto& loop : state_->loops) loop->thread.join();
}

asio::io_context& io_pool::next() {
  const auto turn = state_->turn.fetch_add(1, std::memory_order_relaxed);
  return state_->loops[turn % state_->loops.size()]->io;
}

name_lookup& io_pool::names() noexcept {
  return state_->names;
}

bool io_pool::claim_buffer_notice() noexcept {
  return !state_->notice_claimed.exchange(true);
}

}  // namespace camherd::rtsp
