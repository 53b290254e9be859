// What does it cost to bring access units to a camera's actor through the dropping queue and a
// wake-up, beside sending each as an actor message, and beside a thread that waits for them?

#include "actors/compat.hpp"
#include "core/frame/au_queue.hpp"

#include <benchmark/benchmark.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <semaphore>
#include <thread>
#include <utility>

CAF_BEGIN_TYPE_ID_BLOCK(micro, caf::first_custom_type_id)
CAF_ADD_ATOM(micro, camherd::micro, wake_atom, "wake")
CAF_ADD_TYPE_ID(micro, (camherd::access_unit))
CAF_END_TYPE_ID_BLOCK(micro)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(camherd::access_unit)

namespace camherd::micro {
namespace {

constexpr int most_waiting = 8;
using taken_units = std::counting_semaphore<most_waiting>;

/// The scheduler as the daemon has it.
class actor_settings : public caf::actor_system_config {
 public:
  actor_settings() {
    add_message_types<caf::id_block::micro>();
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", std::size_t{2});
    set("scheduler.max-throughput", std::size_t{1});
  }
};

access_unit make_unit() {
  access_unit unit;
  unit.keyframe = true;
  unit.received_at = std::chrono::steady_clock::now();
  return unit;
}

class ring_and_wake_up {
 public:
  explicit ring_and_wake_up(taken_units& taken) : system_{settings_} {
    // With arguments: for a function without, CAF 0.17.6 takes a tuple that is not there.
    const auto behave = [](caf::event_based_actor* self, const std::shared_ptr<au_queue>& queue,
                           taken_units* taken_by_it) {
      return caf::behavior{[self, queue, taken_by_it](wake_atom) {
        // One unit a turn, as in the camera.
        if (!queue->pop(std::chrono::steady_clock::now())) return;
        if (!queue->rest()) tell(self, self, wake_atom_v);
        taken_by_it->release();
      }};
    };
    actor_ = system_.spawn(behave, queue_, &taken);
  }
  ~ring_and_wake_up() { caf::anon_send_exit(actor_, caf::exit_reason::user_shutdown); }

  void hand_over(access_unit unit) {
    if (queue_->push(std::move(unit))) tell_anonymously(actor_, wake_atom_v);
  }

 private:
  actor_settings settings_;
  caf::actor_system system_;
  std::shared_ptr<au_queue> queue_ = std::make_shared<au_queue>(
      au_queue_limits{most_waiting, std::chrono::hours{1}}, std::make_shared<flow_ledger>());
  caf::actor actor_;
};

class actor_messages {
 public:
  explicit actor_messages(taken_units& taken) : system_{settings_} {
    const auto behave = [](caf::event_based_actor*, taken_units* taken_by_it) {
      return caf::behavior{[taken_by_it](const access_unit& unit) {
        benchmark::DoNotOptimize(unit.sequence);
        taken_by_it->release();
      }};
    };
    actor_ = system_.spawn(behave, &taken);
  }
  ~actor_messages() { caf::anon_send_exit(actor_, caf::exit_reason::user_shutdown); }

  void hand_over(access_unit unit) { tell_anonymously(actor_, std::move(unit)); }

 private:
  actor_settings settings_;
  caf::actor_system system_;
  caf::actor actor_;
};

class waiting_thread {
 public:
  explicit waiting_thread(taken_units& taken) : thread_{[this, &taken] { run(taken); }} {}
  ~waiting_thread() {
    {
      const std::lock_guard lock{mutex_};
      ended_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }

  void hand_over(access_unit unit) {
    {
      const std::lock_guard lock{mutex_};
      units_.push_back(std::move(unit));
    }
    changed_.notify_one();
  }

 private:
  void run(taken_units& taken) {
    std::unique_lock lock{mutex_};
    for (;;) {
      changed_.wait(lock, [this] { return ended_ || !units_.empty(); });
      if (ended_) return;
      const auto unit = std::move(units_.front());
      units_.pop_front();
      taken.release();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<access_unit> units_;
  bool ended_ = false;
  std::thread thread_;
};

/// Hands over as many units as come at once, and waits until all were taken.
template <class Way>
void hand_over(benchmark::State& state) {
  taken_units taken{0};
  Way way{taken};
  for (auto _ : state) {
    for (auto i = state.range(0); i > 0; --i) way.hand_over(make_unit());
    for (auto i = state.range(0); i > 0; --i) taken.acquire();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void in_bursts(benchmark::internal::Benchmark* measured) {
  measured->Arg(1)->Arg(most_waiting)->UseRealTime()->MeasureProcessCPUTime();
}

BENCHMARK(hand_over<ring_and_wake_up>)->Name("hand_over")->Apply(in_bursts);
BENCHMARK(hand_over<actor_messages>)->Name("hand_over_actor_messages")->Apply(in_bursts);
BENCHMARK(hand_over<waiting_thread>)->Name("hand_over_waiting_thread")->Apply(in_bursts);

}  // namespace
}  // namespace camherd::micro
