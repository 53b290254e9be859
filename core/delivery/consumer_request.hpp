#pragma once

#include "core/delivery/lease_protocol.hpp"
#include "core/frame/demand.hpp"
#include "core/frame/rendition.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <variant>

namespace camherd {

/// What one consumer asks of a camera, checked.
struct consumer_request {
  rendition wanted;
  demand pictures;
  std::size_t leases = 1;
  std::size_t queue_depth = 0;  ///< 0: only the newest frame waits

  /// Frames that it may hold or have waiting at once.
  [[nodiscard]] std::size_t frames() const noexcept { return leases + queue_depth; }

  /// Of these, how many may be the decoder's own. Whether a size is the decoded one is not
  /// known beforehand: then all of them.
  [[nodiscard]] std::size_t decoded_frames() const noexcept;
};

/// Why a consumer is refused.
struct consumer_refusal {
  lease::refusal code = lease::refusal::malformed;
  std::string text;
};

/// Reads the first message of a consumer, whatever it may hold.
[[nodiscard]] std::variant<consumer_request, consumer_refusal> read_hello(
    std::span<const std::byte> message);

/// Reads what a consumer says later: the lease it gives back.
[[nodiscard]] std::variant<std::uint64_t, consumer_refusal> read_release(
    std::span<const std::byte> message);

}  // namespace camherd
