#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

namespace camherd::api {

/// Counts as one in `count` as long as it lives. `count` outlives it.
class presence {
 public:
  explicit presence(std::atomic<std::uint64_t>& count) : count_{&count} { ++*count_; }
  ~presence() {
    if (count_ != nullptr) --*count_;
  }

  presence(presence&& other) noexcept : count_{std::exchange(other.count_, nullptr)} {}
  presence& operator=(presence&& other) noexcept {
    std::swap(count_, other.count_);
    return *this;
  }

 private:
  std::atomic<std::uint64_t>* count_;
};

}  // namespace camherd::api
