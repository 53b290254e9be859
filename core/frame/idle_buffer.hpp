#pragma once

#include "core/base/access_unit.hpp"
#include "core/frame/flow_ledger.hpp"

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>

namespace camherd {

/// The access units since the last keyframe of a camera that nobody asks for, so that the
/// current picture can be decoded the moment somebody does. Bounded in bytes. One thread at a
/// time.
class idle_buffer {
 public:
  idle_buffer(std::size_t max_bytes, std::shared_ptr<flow_ledger> ledger);

  /// Enters what is left as `stale`.
  ~idle_buffer();

  idle_buffer(const idle_buffer&) = delete;
  idle_buffer& operator=(const idle_buffer&) = delete;

  /// Keeps `unit`; a keyframe replaces all before it (`rate_limit`). False: past the bound,
  /// everything was dropped (`queue_overflow`) and the next keyframe must be waited for.
  [[nodiscard]] bool keep(access_unit unit);

  /// The oldest unit, which stays in flight; nothing when empty.
  [[nodiscard]] std::optional<access_unit> take();

  void clear(drop_reason reason);

  [[nodiscard]] std::size_t size() const noexcept { return units_.size(); }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  const std::size_t max_bytes_;
  const std::shared_ptr<flow_ledger> ledger_;  // shared: several places enter drops
  std::deque<access_unit> units_;  // together at most max_bytes_; overflow drops all
  std::size_t bytes_ = 0;
};

}  // namespace camherd
