#pragma once

#include "apps/camherd-sim/faults/impairments.hpp"

#include <cstdint>
#include <memory>

namespace camherd::faults {

/// Stands between an RTSP camera on 127.0.0.1 and its clients, as a network does: passes the
/// RTSP connection on, and RTP and RTCP over UDP from ports of its own, which it writes into
/// the Transport headers. Does to RTP packets that come over UDP what it was told. On a thread
/// of its own; all members may be called from any thread.
class impairing_relay {
 public:
  /// Listens on `port`, or on a free one if it is 0. Throws `boost::system::system_error` where
  /// it cannot.
  explicit impairing_relay(std::uint16_t camera_port, std::uint16_t port = 0);
  ~impairing_relay();

  impairing_relay(const impairing_relay&) = delete;
  impairing_relay& operator=(const impairing_relay&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept;

  /// From now on, on the connections there are and all that come. None: packets pass.
  void impair(impairment_maker harm);

 private:
  class server;
  std::unique_ptr<server> server_;
};

}  // namespace camherd::faults
