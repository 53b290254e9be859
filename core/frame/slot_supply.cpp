#include "core/frame/slot_supply.hpp"

#include <numeric>
#include <utility>

namespace camherd {

result<void> slot_supply::resize(std::size_t slots, std::size_t slot_bytes) {
  if (slots == 0 || slot_bytes == 0) {
    return error{error_kind::invalid_argument, "a supply of slots needs slots and bytes"};
  }
  const bool anew = slot_bytes != slot_bytes_;
  const auto present = anew ? 0 : this->slots();
  if (present < slots) {
    auto made = slot_pool::create(slots - present, slot_bytes);
    if (!made) return made.error();
    if (anew) pools_.clear();
    pools_.push_back(*std::move(made));
    slot_bytes_ = slot_bytes;
    return {};
  }
  for (auto left = present - pools_.back()->slots(); left >= slots;
       left -= pools_.back()->slots()) {
    pools_.pop_back();
  }
  return {};
}

std::optional<slot_ref> slot_supply::acquire() {
  for (const auto& pool : pools_) {
    if (auto slot = pool->acquire()) return slot;
  }
  return std::nullopt;
}

std::size_t slot_supply::slots() const noexcept {
  return std::accumulate(pools_.begin(), pools_.end(), std::size_t{0},
                         [](std::size_t sum, const auto& pool) { return sum + pool->slots(); });
}

std::size_t slot_supply::in_use() const noexcept {
  return std::accumulate(
      pools_.begin(), pools_.end(), std::size_t{0},
      [](std::size_t sum, const auto& pool) { return sum + pool->in_use(); });
}

}  // namespace camherd
