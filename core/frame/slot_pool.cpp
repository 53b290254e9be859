#include "core/frame/slot_pool.hpp"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <unistd.h>
#include <utility>
#include <vector>

namespace camherd {

struct slot_pool::state {
  state(class segment memory, std::size_t slots, std::size_t bytes)
      : segment{std::move(memory)}, slot_bytes{bytes}, holds(slots) {}

  class segment segment;
  std::size_t slot_bytes;
  std::vector<std::atomic<std::uint32_t>> holds;  // of each slot; 0 is free
};

result<std::shared_ptr<slot_pool>> slot_pool::create(std::size_t slots,
                                                     std::size_t slot_bytes) {
  if (slots == 0 || slot_bytes == 0) {
    return error{error_kind::invalid_argument, "a slot pool needs slots and bytes"};
  }
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  if (slot_bytes > SIZE_MAX / 2 || slots > SIZE_MAX / 4 / (slot_bytes + page)) {
    return error{error_kind::internal, "a slot pool larger than the address space"};
  }
  slot_bytes = (slot_bytes + page - 1) / page * page;
  auto memory = camherd::segment::create(slots * slot_bytes);
  if (!memory) return memory.error();
  return std::shared_ptr<slot_pool>{
      new slot_pool{std::make_unique<state>(*std::move(memory), slots, slot_bytes)}};
}

slot_pool::slot_pool(std::unique_ptr<state> s) : state_{std::move(s)} {}

slot_pool::~slot_pool() = default;

std::optional<slot_ref> slot_pool::acquire() {
  // The lowest free slot rather than the longest free one: memory that was never needed is
  // never touched, and what is used stays in the caches.
  for (std::size_t index = 0; index < state_->holds.size(); ++index) {
    std::uint32_t free = 0;
    // Acquire pairs with the release in `drop_reference`: whoever read the old picture is done.
    if (state_->holds[index].compare_exchange_strong(free, 1, std::memory_order_acquire,
                                                     std::memory_order_relaxed)) {
      return slot_ref{shared_from_this(), index};
    }
  }
  return std::nullopt;
}

std::size_t slot_pool::slots() const noexcept {
  return state_->holds.size();
}

std::size_t slot_pool::slot_bytes() const noexcept {
  return state_->slot_bytes;
}

std::size_t slot_pool::in_use() const noexcept {
  return static_cast<std::size_t>(
      std::count_if(state_->holds.begin(), state_->holds.end(),
                    [](const auto& holds) { return holds.load() != 0; }));
}

const segment& slot_pool::segment() const noexcept {
  return state_->segment;
}

void slot_pool::add_reference(std::size_t index) noexcept {
  state_->holds[index].fetch_add(1, std::memory_order_relaxed);
}

void slot_pool::drop_reference(std::size_t index) noexcept {
  [[maybe_unused]] const auto before =
      state_->holds[index].fetch_sub(1, std::memory_order_acq_rel);
  assert(before > 0);
}

slot_ref::slot_ref(std::shared_ptr<slot_pool> pool, std::size_t index) noexcept
    : pool_{std::move(pool)}, index_{index} {}

slot_ref::slot_ref(const slot_ref& other) noexcept : pool_{other.pool_}, index_{other.index_} {
  if (pool_) pool_->add_reference(index_);
}

slot_ref::slot_ref(slot_ref&& other) noexcept
    : pool_{std::move(other.pool_)}, index_{other.index_} {
  other.pool_.reset();
}

slot_ref& slot_ref::operator=(slot_ref other) noexcept {
  std::swap(pool_, other.pool_);
  std::swap(index_, other.index_);
  return *this;
}

slot_ref::~slot_ref() {
  if (pool_) pool_->drop_reference(index_);
}

std::span<std::uint8_t> slot_ref::bytes() const noexcept {
  return pool_->segment().bytes().subspan(offset(), pool_->slot_bytes());
}

std::size_t slot_ref::offset() const noexcept {
  return index_ * pool_->slot_bytes();
}

}  // namespace camherd
