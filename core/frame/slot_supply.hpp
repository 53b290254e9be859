#pragma once

#include "core/frame/slot_pool.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace camherd {

/// Slots of one size whose number follows what is asked for: pools are added while more are
/// wanted and let go when fewer are. A pool that was let go keeps its memory until the last
/// hold on its slots is gone. Not thread-safe; the slots it gives away are.
class slot_supply {
 public:
  /// Makes room for `slots` slots of `slot_bytes` each: adds a pool for what is missing, or
  /// lets the newest pools go as long as enough is left. Another `slot_bytes` than before
  /// begins anew. Errors: as `slot_pool::create`; then nothing has changed.
  [[nodiscard]] result<void> resize(std::size_t slots, std::size_t slot_bytes);

  /// A free slot, from the oldest pool that has one; nothing while all are held.
  [[nodiscard]] std::optional<slot_ref> acquire();

  [[nodiscard]] std::size_t slots() const noexcept;
  /// As asked for last; 0 before.
  [[nodiscard]] std::size_t slot_bytes() const noexcept { return slot_bytes_; }
  /// Slots that somebody holds, without those of pools that were let go.
  [[nodiscard]] std::size_t in_use() const noexcept;

 private:
  std::vector<std::shared_ptr<slot_pool>> pools_;  // shared: slots keep the pool they are of
  std::size_t slot_bytes_ = 0;
};

}  // namespace camherd
