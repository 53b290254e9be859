#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace camherd {

/// Durations in buckets of at most 3.2 % relative width, from 1 us to about 134 s; shorter and
/// longer ones fall into the first and the last bucket. Exact maximum and sum, and exact counts
/// at a few round durations. A plain value: not synchronised.
class latency_histogram {
 public:
  /// The round durations, close to each other around 100 ms, by which camherd is judged.
  static constexpr std::array<std::chrono::microseconds, 15> edges{
      std::chrono::microseconds{1'000},     std::chrono::microseconds{2'500},
      std::chrono::microseconds{5'000},     std::chrono::microseconds{10'000},
      std::chrono::microseconds{25'000},    std::chrono::microseconds{50'000},
      std::chrono::microseconds{75'000},    std::chrono::microseconds{100'000},
      std::chrono::microseconds{150'000},   std::chrono::microseconds{250'000},
      std::chrono::microseconds{500'000},   std::chrono::microseconds{1'000'000},
      std::chrono::microseconds{2'500'000}, std::chrono::microseconds{5'000'000},
      std::chrono::microseconds{10'000'000}};

  void record(std::chrono::nanoseconds latency) noexcept;

  /// Adds what `other` has counted.
  void merge(const latency_histogram& other) noexcept;

  /// What has been counted since this was `earlier`. Its maximum is rounded up to its bucket's
  /// edge where the exact one is not known any more.
  [[nodiscard]] latency_histogram since(const latency_histogram& earlier) const noexcept;

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  [[nodiscard]] std::chrono::nanoseconds sum() const noexcept { return sum_; }
  [[nodiscard]] std::chrono::nanoseconds max() const noexcept { return max_; }

  /// The duration that a share `q` in [0, 1] of all does not exceed, rounded up to its bucket's
  /// edge but never above `max()`; zero while empty.
  [[nodiscard]] std::chrono::nanoseconds quantile(double q) const noexcept;

  /// How many durations did not exceed each of `edges`.
  [[nodiscard]] std::array<std::uint64_t, edges.size()> at_most() const noexcept;

 private:
  static constexpr std::size_t sub_buckets = 32;  // per doubling
  static constexpr std::size_t doublings = 22;    // 32 us to 134 s; below 32 us one bucket a us
  static constexpr std::size_t bucket_count = sub_buckets * (doublings + 1);

  [[nodiscard]] static std::size_t bucket_of(std::uint64_t microseconds) noexcept;
  [[nodiscard]] static std::uint64_t upper_edge(std::size_t bucket) noexcept;

  std::array<std::uint32_t, bucket_count> buckets_{};
  std::array<std::uint64_t, edges.size()> by_edge_{};  // above the edge before, up to this one
  std::uint64_t count_ = 0;
  std::chrono::nanoseconds sum_{};
  std::chrono::nanoseconds max_{};
};

}  // namespace camherd
