#include "actors/metrics.hpp"

#include <deque>
#include <map>
#include <utility>

namespace camherd {
namespace {

using namespace std::chrono_literals;

constexpr auto beat = 1s;
constexpr std::size_t rate_window = 10;  // beats

}  // namespace

struct metrics_internals {
  static inline const char* name = "metrics";

  struct sample {
    caf::actor_clock::time_point at;
    std::uint64_t received, decoded, published, bytes;
  };
  struct record {
    std::shared_ptr<camera_account> account;  // shared with the camera, which writes it
    std::shared_ptr<frame_outlet> outlet;     // shared with the frame server; may be null
    std::deque<sample> samples;               // the last rate_window + 1; the oldest makes room
  };

  metrics_actor::stateful_pointer<metrics_internals> self = nullptr;
  herd_actor herd;
  std::map<std::string, record, std::less<>> cameras;

  void report();
};

void metrics_internals::report() {
  const auto now = self->clock().now();
  auto all = std::make_shared<std::vector<camera_counters>>();
  all->reserve(cameras.size());
  for (auto& [camera, r] : cameras) {
    camera_counters counters{.name = camera,
                             .flow = r.account->flow->counts(),
                             .counts = r.account->metrics.counts(),
                             .rates = {},
                             .delivery = r.outlet ? r.outlet->counts() : delivery_counts{}};
    r.samples.push_back({now, counters.flow.received, counters.flow.decoded,
                         counters.counts.published, counters.counts.transport.bytes});
    if (r.samples.size() > rate_window + 1) r.samples.pop_front();
    const auto& first = r.samples.front();
    const auto& last = r.samples.back();
    const auto span = std::chrono::duration<double>(last.at - first.at).count();
    if (span > 0) {
      const auto rate = [&](std::uint64_t from, std::uint64_t to) {
        return static_cast<double>(to - from) / span;
      };
      counters.rates = {.received = rate(first.received, last.received),
                        .decoded = rate(first.decoded, last.decoded),
                        .published = rate(first.published, last.published),
                        .bits = 8 * rate(first.bytes, last.bytes)};
    }
    all->push_back(std::move(counters));
  }
  tell(self, herd, counters_ptr{std::move(all)});
}

namespace {

metrics_actor::behavior_type metrics_behavior(
    metrics_actor::stateful_pointer<metrics_internals> self, herd_actor herd) {
  set_quiet_handlers(self);
  self->state.self = self;
  self->state.herd = std::move(herd);
  tell_after(self, beat, self, beat_atom_v);
  return {
      [self](track_atom, const camera_entry& entry) {
        self->state.cameras.insert_or_assign(
            entry.spec->name, metrics_internals::record{entry.account, entry.outlet, {}});
      },
      [self](untrack_atom, const std::string& name) { self->state.cameras.erase(name); },
      [self](beat_atom) {
        tell_after(self, beat, self, beat_atom_v);
        self->state.report();
      },
      [self](halt_atom) {
        self->state.report();
        tell(self, self->state.herd, halted_atom_v);
        self->quit();
      },
  };
}

}  // namespace

metrics_actor spawn_metrics(caf::actor_system& system, herd_actor herd) {
  return system.spawn(metrics_behavior, std::move(herd));
}

}  // namespace camherd
