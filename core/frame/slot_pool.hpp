#pragma once

#include "core/base/result.hpp"
#include "core/frame/segment.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace camherd {

class slot_pool;

/// A hold on one slot of a pool. Copies hold the same slot; it is free again when the last is
/// gone. Also keeps the pool's memory. Any thread.
class slot_ref {
 public:
  slot_ref() = default;
  slot_ref(const slot_ref& other) noexcept;
  slot_ref(slot_ref&& other) noexcept;
  slot_ref& operator=(slot_ref other) noexcept;
  ~slot_ref();

  explicit operator bool() const noexcept { return pool_ != nullptr; }
  [[nodiscard]] std::span<std::uint8_t> bytes() const noexcept;
  [[nodiscard]] std::size_t index() const noexcept { return index_; }
  /// Where the slot begins in its segment, in bytes.
  [[nodiscard]] std::size_t offset() const noexcept;
  [[nodiscard]] const slot_pool* pool() const noexcept { return pool_.get(); }

 private:
  friend class slot_pool;
  slot_ref(std::shared_ptr<slot_pool> pool, std::size_t index) noexcept;

  std::shared_ptr<slot_pool> pool_;  // shared: leases may outlive the camera's generation
  std::size_t index_ = 0;
};

/// A fixed number of equal slots in one segment, allocated before the first frame. Acquiring
/// never waits and never allocates. Any thread.
class slot_pool : public std::enable_shared_from_this<slot_pool> {
 public:
  /// `slot_bytes` is rounded up to whole pages. Errors: `invalid_argument` for zero slots or
  /// bytes, `internal` when the memory cannot be had.
  [[nodiscard]] static result<std::shared_ptr<slot_pool>> create(std::size_t slots,
                                                                 std::size_t slot_bytes);

  ~slot_pool();
  slot_pool(const slot_pool&) = delete;
  slot_pool& operator=(const slot_pool&) = delete;

  /// A free slot, or nothing while all are held.
  [[nodiscard]] std::optional<slot_ref> acquire();

  [[nodiscard]] std::size_t slots() const noexcept;
  [[nodiscard]] std::size_t slot_bytes() const noexcept;
  [[nodiscard]] std::size_t in_use() const noexcept;
  [[nodiscard]] const class segment& segment() const noexcept;

 private:
  friend class slot_ref;
  struct state;
  explicit slot_pool(std::unique_ptr<state> s);
  void add_reference(std::size_t index) noexcept;
  void drop_reference(std::size_t index) noexcept;

  std::unique_ptr<state> state_;
};

}  // namespace camherd
