#include "core/base/latency_histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

namespace camherd {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::nanoseconds;

void latency_histogram::record(nanoseconds latency) noexcept {
  latency = std::max(latency, nanoseconds::zero());
  ++buckets_[bucket_of(
      static_cast<std::uint64_t>(duration_cast<microseconds>(latency).count()))];
  if (const auto edge = std::lower_bound(edges.begin(), edges.end(), latency);
      edge != edges.end()) {
    ++by_edge_[static_cast<std::size_t>(edge - edges.begin())];
  }
  ++count_;
  sum_ += latency;
  max_ = std::max(max_, latency);
}

void latency_histogram::merge(const latency_histogram& other) noexcept {
  for (std::size_t i = 0; i < bucket_count; ++i) buckets_[i] += other.buckets_[i];
  for (std::size_t i = 0; i < edges.size(); ++i) by_edge_[i] += other.by_edge_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  max_ = std::max(max_, other.max_);
}

latency_histogram latency_histogram::since(const latency_histogram& earlier) const noexcept {
  latency_histogram later;
  std::size_t highest = 0;
  for (std::size_t i = 0; i < bucket_count; ++i) {
    later.buckets_[i] = buckets_[i] - std::min(buckets_[i], earlier.buckets_[i]);
    if (later.buckets_[i] > 0) highest = i;
  }
  for (std::size_t i = 0; i < edges.size(); ++i)
    later.by_edge_[i] = by_edge_[i] - std::min(by_edge_[i], earlier.by_edge_[i]);
  later.count_ = count_ - std::min(count_, earlier.count_);
  later.sum_ = sum_ - std::min(sum_, earlier.sum_);
  if (max_ > earlier.max_ || highest == bucket_count - 1) {
    later.max_ = max_;
  } else if (later.count_ > 0) {
    later.max_ = std::min<nanoseconds>(microseconds{upper_edge(highest)}, max_);
  }
  return later;
}

nanoseconds latency_histogram::quantile(double q) const noexcept {
  const auto rank = static_cast<std::uint64_t>(
      std::ceil(std::clamp(q, 0.0, 1.0) * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < bucket_count; ++i) {
    seen += buckets_[i];
    if (seen >= rank && seen > 0) {
      return std::min<nanoseconds>(microseconds{upper_edge(i)}, max_);
    }
  }
  return max_;
}

std::array<std::uint64_t, latency_histogram::edges.size()> latency_histogram::at_most()
    const noexcept {
  std::array<std::uint64_t, edges.size()> cumulative{};
  std::partial_sum(by_edge_.begin(), by_edge_.end(), cumulative.begin());
  return cumulative;
}

// Values below `sub_buckets` have a bucket each; above, the five bits after the leading one
// choose the bucket within a doubling.
std::size_t latency_histogram::bucket_of(std::uint64_t us) noexcept {
  if (us < sub_buckets) return us;
  const auto shift = static_cast<std::size_t>(std::bit_width(us)) - 6;
  const auto bucket = sub_buckets * (shift + 1) + (us >> shift) - sub_buckets;
  return std::min(bucket, bucket_count - 1);
}

std::uint64_t latency_histogram::upper_edge(std::size_t bucket) noexcept {
  if (bucket < sub_buckets) return bucket + 1;
  const auto shift = bucket / sub_buckets - 1;
  return (bucket % sub_buckets + sub_buckets + 1) << shift;
}

}  // namespace camherd
