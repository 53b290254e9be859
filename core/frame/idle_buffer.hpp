#pragma once

#include "core/base/access_unit.hpp"
#include "core/frame/flow_ledger.hpp"

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>

namespace camherd {

/// An access unit that nobody asks for now.
struct kept_unit {
  access_unit unit;
  /// What it is entered under when a keyframe makes it useless.
  drop_reason reason = drop_reason::rate_limit;
  bool damaged = false;  ///< its picture may be wrong though the decoder sees no error
};

/// The access units of a camera that are not decoded though nothing is missing before them, up
/// to the newest, so that the current picture can be decoded the moment somebody wants it.
/// Bounded in bytes. One thread at a time.
class idle_buffer {
 public:
  idle_buffer(std::size_t max_bytes, std::shared_ptr<flow_ledger> ledger);

  /// Enters what is left as `stale`.
  ~idle_buffer();

  idle_buffer(const idle_buffer&) = delete;
  idle_buffer& operator=(const idle_buffer&) = delete;

  /// Keeps `kept`; a keyframe replaces all before it. False: past the bound, everything was
  /// dropped (`queue_overflow`) and the next keyframe must be waited for.
  [[nodiscard]] bool keep(kept_unit kept);

  /// The oldest unit, which stays in flight; nothing when empty.
  [[nodiscard]] std::optional<kept_unit> take();

  /// Drops the units that no other needs, but for the newest `spared` units.
  void drop_unneeded(drop_reason reason, std::size_t spared);

  /// Drops everything, each unit for its own reason: a newer keyframe is decoded.
  void replace();

  /// Drops everything for one reason.
  void clear(drop_reason reason);

  [[nodiscard]] bool begins_with_keyframe() const noexcept {
    return !units_.empty() && units_.front().unit.keyframe;
  }
  [[nodiscard]] bool empty() const noexcept { return units_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return units_.size(); }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  const std::size_t max_bytes_;
  const std::shared_ptr<flow_ledger> ledger_;  // shared: several places enter drops
  std::deque<kept_unit> units_;  // together at most max_bytes_; overflow drops all
  std::size_t bytes_ = 0;
};

}  // namespace camherd
