// What does the dropping queue between receiving and decoding cost, beside a mutex and a deque?

#include "core/frame/au_queue.hpp"

#include <benchmark/benchmark.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace camherd::micro {
namespace {

constexpr std::size_t most_waiting = au_queue_limits{}.max_units;

/// The least that could stand in its place: bounded, the oldest goes, nothing is counted.
class plain_mailbox {
 public:
  bool push(access_unit unit) {
    const std::lock_guard lock{mutex_};
    if (units_.size() >= most_waiting) units_.pop_front();
    units_.push_back(std::move(unit));
    return units_.size() == 1;
  }

  std::optional<access_unit> pop(mono_time) {
    const std::lock_guard lock{mutex_};
    if (units_.empty()) return std::nullopt;
    std::optional<access_unit> unit{std::move(units_.front())};
    units_.pop_front();
    return unit;
  }

 private:
  std::mutex mutex_;
  std::deque<access_unit> units_;
};

class counted_queue : public au_queue {
 public:
  counted_queue() : au_queue{{}, std::make_shared<flow_ledger>()} {}
};

access_unit make_unit(mono_time now) {
  access_unit unit;
  unit.reference = false;  // so that a full queue gives up its oldest, like the plain one
  unit.received_at = now;
  return unit;
}

template <class Queue>
void push_and_pop(benchmark::State& state) {
  Queue queue;
  const auto now = std::chrono::steady_clock::now();
  auto unit = make_unit(now);
  unit.payload.append(std::vector<std::uint8_t>(17'000));
  for (auto _ : state) {
    benchmark::DoNotOptimize(queue.push(std::move(unit)));
    unit = *queue.pop(now);
  }
  state.SetItemsProcessed(state.iterations());
}

// One thread pushes, another takes, both as fast as they can without dropping anything.
template <class Queue>
void push_beside_taker(benchmark::State& state) {
  Queue queue;
  const auto now = std::chrono::steady_clock::now();
  std::atomic<bool> done = false;
  std::atomic<std::uint64_t> taken = 0;
  std::thread taker{[&] {
    while (!done.load(std::memory_order_relaxed)) {
      if (queue.pop(now)) {
        taken.fetch_add(1, std::memory_order_relaxed);
      } else {
        std::this_thread::yield();
      }
    }
  }};
  std::uint64_t pushed = 0;
  for (auto _ : state) {
    while (pushed - taken.load(std::memory_order_relaxed) >= most_waiting)
      std::this_thread::yield();
    benchmark::DoNotOptimize(queue.push(make_unit(now)));
    ++pushed;
  }
  done = true;
  taker.join();
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK(push_and_pop<counted_queue>)->Name("ring/one_thread");
BENCHMARK(push_and_pop<plain_mailbox>)->Name("ring_plain_mailbox/one_thread");
BENCHMARK(push_beside_taker<counted_queue>)->Name("ring/two_threads")->UseRealTime();
BENCHMARK(push_beside_taker<plain_mailbox>)
    ->Name("ring_plain_mailbox/two_threads")
    ->UseRealTime();

}  // namespace
}  // namespace camherd::micro
