#pragma once

#include "actors/status.hpp"
#include "core/base/clock.hpp"
#include "core/base/latency_histogram.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace camherd {

/// How long frames took from receipt to publication.
struct frame_age {
  float p50_ms = 0;
  float p99_ms = 0;
};

/// What is known of a camera over one step; rates are per second.
struct history_point {
  camera_state state = camera_state::stopped;  ///< at its end, and so `consumers`
  float received_fps = 0;
  float fps = 0;  ///< published
  float dropped_fps = 0;
  float bits = 0;
  std::optional<frame_age> age;  ///< nothing without frames
  std::uint32_t packets_lost = 0;
  std::uint32_t consumers = 0;
};

/// What a camera did over the last ten seconds, as far as it is known for so long.
struct recent_flow {
  float dropped_fps = 0;
  std::optional<frame_age> age;  ///< nothing without frames
};

/// The last hour of every camera in steps of ten seconds, made of the herd's reports. About
/// 55 KB a camera; a camera that a report leaves out is forgotten. Any thread: the mutex is
/// where those who report and those who look meet.
class history {
 public:
  static constexpr std::chrono::seconds step{10};
  static constexpr std::size_t kept = 360;  ///< steps

  /// Nothing where nothing is known.
  using points = std::vector<std::optional<history_point>>;

  /// Adds a report, which is later than those before. The first one begins the first step.
  /// Counters that are lower than before have begun at 0 again.
  void add(const herd_status& status);

  /// Nothing for a camera that the last report did not have.
  [[nodiscard]] std::optional<recent_flow> recent(std::string_view camera) const;

  /// The end of the last step that is over; nothing before the first report.
  [[nodiscard]] std::optional<mono_time> until() const;

  /// The last `most` steps that are over, oldest first; of each camera as many.
  [[nodiscard]] points of(std::string_view camera, std::size_t most) const;
  [[nodiscard]] std::map<std::string, points> of_all(std::size_t most) const;

 private:
  struct sample {
    mono_time at{};
    std::uint64_t received = 0;
    std::uint64_t published = 0;
    std::uint64_t dropped = 0;
    std::uint64_t bytes = 0;
    std::uint64_t packets_lost = 0;
    latency_histogram ages;
  };
  struct record {
    sample begin;               // of the step that runs
    std::deque<sample> recent;  // the last ten seconds; the oldest makes room
    std::deque<std::optional<history_point>> steps;  // at most `kept`
    mono_time seen{};
  };

  [[nodiscard]] static sample sample_of(const camera_status& camera, mono_time at);
  [[nodiscard]] static bool goes_on(const sample& before, const sample& now);
  [[nodiscard]] static std::optional<frame_age> age_between(const sample& from,
                                                            const sample& to);
  [[nodiscard]] static std::optional<history_point> point_between(const sample& from,
                                                                  const sample& to,
                                                                  const camera_status& camera);
  static void end_steps(record& r, std::uint64_t count, const camera_status& camera);
  [[nodiscard]] points padded(const record* r, std::size_t most) const;

  mutable std::mutex mutex_;
  std::optional<mono_time> first_;
  std::uint64_t over_ = 0;  // steps
  std::map<std::string, record, std::less<>> cameras_;
};

}  // namespace camherd
