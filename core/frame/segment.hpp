#pragma once

#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace camherd {

/// A piece of shared memory that its maker writes and everybody else can only read: a memfd
/// allocated in full (no SIGBUS later) and sealed against shrinking, growing and future writes
/// (memfd_create(2), F_SEAL_FUTURE_WRITE). The mapping of the maker stays writable.
class segment {
 public:
  /// `size` is rounded up to whole pages. Errors: `internal` for no bytes or more than the
  /// machine has, else with the system's reason.
  [[nodiscard]] static result<segment> create(std::size_t size);

  segment(segment&& other) noexcept;
  segment& operator=(segment&& other) noexcept;
  segment(const segment&) = delete;
  segment& operator=(const segment&) = delete;
  ~segment();

  [[nodiscard]] std::span<std::uint8_t> bytes() const noexcept { return {data_, size_}; }
  /// To be sent to a consumer, who maps it for reading.
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }

 private:
  segment(unique_fd fd, std::uint8_t* data, std::size_t size) noexcept;

  unique_fd fd_;
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace camherd
