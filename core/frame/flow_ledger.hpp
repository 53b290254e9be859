#pragma once

#include "core/base/names.hpp"

#include <array>
#include <cstdint>
#include <mutex>

namespace camherd {

/// What became of a camera's access units. `received = decoded + dropped() + in_flight` always.
struct flow_counts {
  std::uint64_t received = 0;
  std::uint64_t decoded = 0;
  std::array<std::uint64_t, drop_reason_count> dropped_by{};
  std::uint64_t in_flight = 0;  ///< queued, kept for later, or inside the decoder

  [[nodiscard]] std::uint64_t dropped() const noexcept;
  [[nodiscard]] std::uint64_t dropped(drop_reason reason) const noexcept {
    return dropped_by[static_cast<std::size_t>(reason)];
  }
  [[nodiscard]] bool balanced() const noexcept {
    return received == decoded + dropped() + in_flight;
  }
};

/// The account of one camera's access units: each is entered once and leaves once, decoded or
/// with one drop reason. Lives as long as the camera is wanted, over sessions and crashes. Any
/// thread: its mutex keeps the counts consistent with each other.
class flow_ledger {
 public:
  void received();
  void decoded();
  void dropped(drop_reason reason, std::uint64_t count = 1);

  [[nodiscard]] flow_counts counts() const;

 private:
  mutable std::mutex mutex_;
  flow_counts counts_;
};

}  // namespace camherd
