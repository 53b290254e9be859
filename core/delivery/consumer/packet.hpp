#pragma once

#include "core/base/unique_fd.hpp"
#include "core/delivery/lease_protocol.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace camherd::consumer {

/// One packet of a lease socket, and the descriptors that came with it.
class packet {
 public:
  enum class outcome : std::uint8_t {
    received,
    nothing,         ///< none has come yet
    ended,           ///< the other side has closed
    too_long,        ///< longer than any message
    no_descriptors,  ///< this process may not open what came with it
    failed,          ///< errno says why
  };

  /// Receives without waiting; what it held before is gone.
  [[nodiscard]] outcome receive(int socket);

  [[nodiscard]] std::span<const std::byte> bytes() const noexcept {
    return std::span{bytes_}.first(size_);
  }
  /// May be moved from.
  [[nodiscard]] std::span<unique_fd> descriptors() noexcept {
    return std::span{descriptors_}.first(count_);
  }

 private:
  std::array<std::byte, lease::most_message_bytes> bytes_{};
  std::size_t size_ = 0;
  std::array<unique_fd, 4> descriptors_;
  std::size_t count_ = 0;
};

}  // namespace camherd::consumer
