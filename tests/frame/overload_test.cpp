#include "core/frame/au_queue.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/unit_stream.hpp"

#include <algorithm>
#include <deque>
#include <queue>
#include <tuple>
#include <utility>
#include <vector>

using namespace camherd;
using namespace std::chrono_literals;
using testing::unit_stream;

// Cameras, their queues and the workers that decode, on virtual time: what the queues drop
// under a load that the workers cannot bear. Cameras that have something wait for a worker in
// one line, and have one picture decoded each time, as actors do on their scheduler.

namespace {

using duration = mono_time::duration;
using seconds = std::chrono::duration<double>;

constexpr double fps = 6;
constexpr int gop = 12;  // pictures

struct decoding_times {
  duration keyframe = 14ms;
  duration other = 3500us;
};

enum class keyframes : unsigned char { spread, at_once };

class herd_model {
 public:
  herd_model(std::size_t cameras, keyframes when, decoding_times times = {},
             std::size_t workers = 2)
      : times_{times},
        burdens_(cameras, 1),
        pressure_{std::make_shared<decode_pressure>(static_cast<unsigned>(workers))},
        workers_(workers, start_),
        ages_(cameras) {
    const auto period = std::chrono::duration_cast<duration>(seconds{gop / fps});
    for (std::size_t i = 0; i < cameras; ++i) {
      const auto phase = when == keyframes::at_once
                             ? duration{0}
                             : period * static_cast<int>(i) / static_cast<int>(cameras);
      streams_.emplace_back(fps, gop, start_ + phase);
      queues_.push_back(std::make_unique<au_queue>(au_queue_limits{}, ledger_, pressure_));
      arrivals_.push({streams_.back().next(), i});
    }
  }

  /// What there is to decode, as a part of what the workers can.
  [[nodiscard]] double load() const {
    const seconds work = times_.keyframe + (gop - 1) * times_.other;
    return static_cast<double>(queues_.size()) * work.count() / (gop / fps) /
           static_cast<double>(workers_.size());
  }

  /// Forgets what was delivered before.
  void run_for(duration time) {
    for (auto& ages : ages_) ages.clear();
    const auto end = now_ + time;
    while (now_ < end) {
      auto& worker = *std::min_element(workers_.begin(), workers_.end());
      const auto arrives = arrivals_.top().unit.received_at;
      const auto turn_at =
          line_.empty() ? mono_time::max() : std::max(worker, line_.front().since);
      now_ = std::min(arrives, turn_at);
      turn_at <= arrives ? turn(worker) : arrive();
    }
  }

  void become(decoding_times times) { times_ = times; }
  void burden(std::size_t camera, int times) { burdens_[camera] = times; }

  [[nodiscard]] flow_counts counts() const { return ledger_->counts(); }

  [[nodiscard]] std::size_t frames_of(std::size_t camera) const { return ages_[camera].size(); }

  [[nodiscard]] duration age(double percentile) const {
    std::vector<duration> all;
    for (const auto& ages : ages_) all.insert(all.end(), ages.begin(), ages.end());
    std::sort(all.begin(), all.end());
    return all[static_cast<std::size_t>(percentile / 100 *
                                        static_cast<double>(all.size() - 1))];
  }

  /// Frames of the worst camera, of the mean one, and of the best.
  struct shares {
    double least, mean, most;
  };
  [[nodiscard]] shares frames() const {
    std::vector<double> counts;
    for (const auto& ages : ages_) counts.push_back(static_cast<double>(ages.size()));
    std::sort(counts.begin(), counts.end());
    double sum = 0;
    for (const auto count : counts) sum += count;
    return {counts.front(), sum / static_cast<double>(counts.size()), counts.back()};
  }

 private:
  struct arrival {
    access_unit unit;
    std::size_t camera;
    bool operator<(const arrival& other) const {
      return std::tie(unit.received_at, camera) >
             std::tie(other.unit.received_at, other.camera);
    }
  };
  struct place {
    std::size_t camera;
    mono_time since;
  };

  void arrive() {
    auto next = arrivals_.top();
    arrivals_.pop();
    arrivals_.push({streams_[next.camera].next(), next.camera});
    if (queues_[next.camera]->push(std::move(next.unit))) line_.push_back({next.camera, now_});
  }

  void turn(mono_time& worker) {
    const auto camera = line_.front().camera;
    line_.pop_front();
    auto& queue = *queues_[camera];
    if (queue.gives_way(now_)) return line_.push_back({camera, now_});
    const auto unit = queue.pop(now_);
    if (!unit) return;
    const auto takes = burdens_[camera] * (unit->keyframe ? times_.keyframe : times_.other);
    worker = now_ + takes;
    pressure_->worked(takes, worker);
    ledger_->decoded();
    ages_[camera].push_back(worker - unit->received_at);
    if (!queue.rest()) line_.push_back({camera, worker});
  }

  const mono_time start_{1h};
  decoding_times times_;
  std::vector<int> burdens_;  // of each camera, as many times as much to decode
  mono_time now_{start_};
  std::shared_ptr<flow_ledger> ledger_ = std::make_shared<flow_ledger>();
  std::shared_ptr<decode_pressure> pressure_;
  std::vector<unit_stream> streams_;
  std::vector<std::unique_ptr<au_queue>> queues_;
  std::priority_queue<arrival> arrivals_;
  std::deque<place> line_;
  std::vector<mono_time> workers_;           // when each has time
  std::vector<std::vector<duration>> ages_;  // of the frames delivered, by camera
};

}  // namespace

TEST_CASE("at several times the load what is delivered stays young, and cameras share alike",
          "[frame][overload]") {
  const std::size_t cameras = GENERATE(90U, 152U, 304U, 608U);
  herd_model herd{cameras, keyframes::spread};
  herd.run_for(30s);
  herd.run_for(30s);
  CAPTURE(cameras, herd.load());
  const auto frames = herd.frames();
  CHECK(herd.age(99) < 150ms);
  CHECK(frames.least > 0.6 * (frames.mean - gop));
  // As many as with any other choice of whole pieces from keyframe to keyframe.
  const double all = fps * 30;
  CHECK(frames.mean > 0.98 * all / herd.load());
  CHECK(herd.counts().dropped(drop_reason::stale) > 0);
  CHECK(herd.counts().balanced());
}

TEST_CASE("keyframes that come all at once are waited for while the workers can bear them",
          "[frame][overload]") {
  herd_model herd{70, keyframes::at_once};
  REQUIRE(herd.load() > 0.9);
  herd.run_for(90s);
  CHECK(herd.counts().dropped() == 0);
  CHECK(herd.age(100) < 500ms);
}

TEST_CASE("cameras whose keyframes come all at once lose them in turns", "[frame][overload]") {
  const std::size_t cameras = GENERATE(90U, 152U, 304U);
  herd_model herd{cameras, keyframes::at_once};
  herd.run_for(30s);
  herd.run_for(30s);
  CAPTURE(cameras, herd.load());
  const auto frames = herd.frames();
  CHECK(herd.age(100) < 520ms);
  CHECK(frames.least > 0.5 * (frames.mean - gop));
  CHECK(frames.mean > 0.9 * fps * 30 / herd.load());
}

TEST_CASE("workers that can bear the load again drop nothing any more", "[frame][overload]") {
  decoding_times slow{.keyframe = 28ms, .other = 7ms};
  herd_model herd{72, keyframes::spread, slow};
  REQUIRE(herd.load() > 1.8);
  herd.run_for(30s);
  REQUIRE(herd.counts().dropped() > 0);
  herd.become({});
  herd.run_for(15s);
  const auto before = herd.counts().dropped();
  herd.run_for(60s);
  CHECK(herd.counts().dropped() == before);
}

TEST_CASE("a camera that is too much for one worker takes nothing from others",
          "[frame][overload]") {
  herd_model herd{3, keyframes::spread, {.keyframe = 14ms, .other = 3500us}, 4};
  herd.burden(0, 60);
  herd.run_for(30s);
  herd.run_for(60s);
  CHECK(herd.frames_of(1) >= 360);
  CHECK(herd.frames_of(2) >= 360);
  CHECK(herd.frames_of(0) > 60);
  CHECK(herd.age(100) < 2s);
}
