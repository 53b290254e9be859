#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace camherd {

/// Durations in buckets of at most 3.2 % relative width, from 1 us to about 134 s; shorter and
/// longer ones fall into the first and the last bucket. Exact maximum and sum. A plain value:
/// not synchronised.
class latency_histogram {
 public:
  void record(std::chrono::nanoseconds latency) noexcept;

  /// Adds what `other` has counted.
  void merge(const latency_histogram& other) noexcept;

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  [[nodiscard]] std::chrono::nanoseconds sum() const noexcept { return sum_; }
  [[nodiscard]] std::chrono::nanoseconds max() const noexcept { return max_; }

  /// The duration that a share `q` in [0, 1] of all does not exceed, rounded up to its bucket's
  /// edge but never above `max()`; zero while empty.
  [[nodiscard]] std::chrono::nanoseconds quantile(double q) const noexcept;

 private:
  static constexpr std::size_t sub_buckets = 32;  // per doubling
  static constexpr std::size_t doublings = 22;    // 32 us to 134 s; below 32 us one bucket a us
  static constexpr std::size_t bucket_count = sub_buckets * (doublings + 1);

  [[nodiscard]] static std::size_t bucket_of(std::uint64_t microseconds) noexcept;
  [[nodiscard]] static std::uint64_t upper_edge(std::size_t bucket) noexcept;

  std::array<std::uint32_t, bucket_count> buckets_{};
  std::uint64_t count_ = 0;
  std::chrono::nanoseconds sum_{};
  std::chrono::nanoseconds max_{};
};

}  // namespace camherd
