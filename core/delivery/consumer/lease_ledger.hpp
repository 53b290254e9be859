#pragma once

#include "core/base/unique_fd.hpp"

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace camherd::consumer {

/// When the camera learns that a lease has ended, and may send a frame for it.
enum class release_policy : std::uint8_t {
  at_once,   ///< with a queue: the frames come in order, so the earlier the better
  on_demand  ///< without: a frame that is sent before it is asked for waits and grows old
};

/// The socket of one connection and the leases on it. The camera object and the frames share
/// it, and the socket closes with the last of them: until then the camera keeps their slots.
///
/// Releases fit into the socket's buffer, since there are never more than `most_leases` unread
/// ones. Should one not be taken all the same (no memory in the kernel), it is kept for the
/// next occasion.
class lease_ledger {
 public:
  lease_ledger(unique_fd socket, release_policy policy);

  /// Only the camera object reads from it.
  [[nodiscard]] int socket() const noexcept { return socket_.get(); }

  // Called by the camera's thread.

  /// The camera may send this many frames; said once.
  void grant(unsigned leases);
  /// A frame has come with this lease. False if none was due or the number is an old one.
  [[nodiscard]] bool take(std::uint64_t lease) noexcept;
  /// Somebody waits for a frame from now on.
  void ask() noexcept;
  /// Nobody does any longer.
  void answered() noexcept;
  [[nodiscard]] bool asking() const noexcept;
  /// True if the camera could have sent a newer frame if it had one.
  [[nodiscard]] bool has_credit() const noexcept;
  /// True while the consumer holds every lease.
  [[nodiscard]] bool exhausted() const noexcept;

  /// False once the camera has ended the connection. Any thread.
  [[nodiscard]] bool stands() const noexcept;

  /// A frame is gone. Any thread.
  void give_back(std::uint64_t lease) noexcept;

 private:
  void send_due() noexcept;

  const unique_fd socket_;
  const release_policy policy_;
  mutable std::mutex mutex_;  // frames are destroyed on any thread
  std::vector<std::uint64_t>
      ended_;               // leases that the camera takes for held; never reallocates
  std::size_t credit_ = 0;  // frames that the camera may still send
  std::uint64_t last_ = 0;
  bool any_ = false;  // whether a frame has come
  bool asking_ = false;
};

}  // namespace camherd::consumer
