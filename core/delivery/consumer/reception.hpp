#pragma once

#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"
#include "core/delivery/consumer/mapping.hpp"
#include "core/delivery/lease_protocol.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <variant>

namespace camherd::consumer {

/// The camera has granted the request.
struct granted {
  unsigned leases = 0;
};

/// The camera sends us away.
struct sent_away {
  lease::refusal code = lease::refusal::closed;
  std::string words;
};

struct camera_news {
  std::uint8_t state = 0;  ///< a valid camera_state
  std::string reason;
};

/// A frame whose every plane lies inside `memory`.
struct arrival {
  lease::frame message;
  std::shared_ptr<const mapping> memory;  // shared: by all frames in it
};

/// What a message means; `monostate` if nobody needs to know.
using event = std::variant<std::monostate, granted, sent_away, camera_news, arrival>;

/// The consumer's understanding of what one camera sends on one connection. Trusts no byte of
/// it: everything that is not as docs/ref/lease-protocol.md says is an error of kind `corrupt`,
/// after which the connection is of no use. One thread.
class reception {
 public:
  explicit reception(unsigned leases_wanted) noexcept : leases_wanted_{leases_wanted} {}

  /// One message with the descriptors that came with it. Errors: `corrupt`; `internal` if
  /// memory cannot be mapped.
  [[nodiscard]] result<event> read(std::span<const std::byte> message,
                                   std::span<unique_fd> descriptors);

  [[nodiscard]] bool welcomed() const noexcept { return welcomed_; }

 private:
  [[nodiscard]] result<event> read_known(const lease::header& head,
                                         std::span<const std::byte> message,
                                         std::span<unique_fd> descriptors);
  [[nodiscard]] result<event> begin(const lease::welcome& message);
  [[nodiscard]] result<event> add(const lease::segment& message, unique_fd memory);
  [[nodiscard]] result<event> retire(const lease::segment_retired& message);
  [[nodiscard]] result<event> arrive(const lease::frame& message);

  unsigned leases_wanted_;
  bool welcomed_ = false;
  std::uint64_t next_segment_ = 0;  // no smaller number may come
  std::map<std::uint32_t, std::shared_ptr<const mapping>> segments_;  // not retired ones
};

/// Why a frame's description is not possible in a segment of `segment_size` bytes; null if it
/// is.
[[nodiscard]] const char* flaw_of(const lease::frame& f, std::uint64_t segment_size) noexcept;

}  // namespace camherd::consumer
