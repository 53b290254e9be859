#pragma once

#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>

namespace camherd::consumer {

/// A camera's segment, mapped for reading. Frames share it, so that it stays as long as one of
/// them. Any thread.
class mapping {
 public:
  /// Maps `size` bytes of a sealed memfd. Errors: `corrupt` if it is no memfd, can shrink below
  /// `size` (reading would raise SIGBUS) or is smaller; `internal` if it cannot be mapped.
  [[nodiscard]] static result<std::shared_ptr<const mapping>> create(unique_fd memory,
                                                                     std::uint64_t size);

  ~mapping();
  mapping(const mapping&) = delete;
  mapping& operator=(const mapping&) = delete;

  [[nodiscard]] const std::uint8_t* bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  mapping(const std::uint8_t* bytes, std::size_t size) noexcept : bytes_{bytes}, size_{size} {}

  const std::uint8_t* bytes_;
  std::size_t size_;
};

}  // namespace camherd::consumer
