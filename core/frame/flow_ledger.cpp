#include "core/frame/flow_ledger.hpp"

#include <cassert>
#include <numeric>

namespace camherd {

std::uint64_t flow_counts::dropped() const noexcept {
  return std::accumulate(dropped_by.begin(), dropped_by.end(), std::uint64_t{0});
}

void flow_ledger::received() {
  const std::lock_guard lock{mutex_};
  ++counts_.received;
  ++counts_.in_flight;
}

void flow_ledger::decoded() {
  const std::lock_guard lock{mutex_};
  assert(counts_.in_flight > 0);
  ++counts_.decoded;
  --counts_.in_flight;
}

void flow_ledger::dropped(drop_reason reason, std::uint64_t count) {
  const std::lock_guard lock{mutex_};
  assert(counts_.in_flight >= count);
  counts_.dropped_by[static_cast<std::size_t>(reason)] += count;
  counts_.in_flight -= count;
}

flow_counts flow_ledger::counts() const {
  const std::lock_guard lock{mutex_};
  return counts_;
}

}  // namespace camherd
