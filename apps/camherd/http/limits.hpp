#pragma once

#include <chrono>
#include <cstddef>

namespace camherd::http {

/// What one server grants its clients. Every queue and every wait on a client is bounded by one
/// of these.
struct limits {
  std::size_t connections = 512;
  std::size_t connections_per_peer = 128;  ///< of one address; IPv6: of one /64 network
  std::size_t header_bytes = 16 * 1024;    ///< request line and fields
  std::size_t header_fields = 100;
  std::size_t body_bytes = 1024 * 1024;
  std::chrono::milliseconds header_timeout{10000};  ///< TLS handshake and header together
  std::chrono::milliseconds body_timeout{30000};
  std::chrono::milliseconds idle_timeout{60000};    ///< between two requests
  std::chrono::milliseconds answer_timeout{30000};  ///< until a handler has answered
  std::chrono::milliseconds write_timeout{30000};   ///< of one answer or one piece of a stream
  std::chrono::milliseconds linger_timeout{2000};   ///< for a client to read a last answer
  std::chrono::milliseconds heartbeat{15000};       ///< of an event stream without events
  std::size_t stream_events = 256;                  ///< waiting for one client
  std::size_t stream_bytes = 512 * 1024;            ///< likewise
  double requests_per_second = 100;                 ///< of one peer; 0: any number
  std::chrono::milliseconds request_burst{2000};    ///< of that rate at once
  std::chrono::milliseconds longest_pause{2000};    ///< of a request that has to wait its turn
  double failed_logins_per_second = 0.2;            ///< of one peer, in the long run
  double failed_logins_at_once = 10;
  std::size_t remembered_peers = 4096;  ///< whose requests and failed logins are counted
  std::size_t sessions = 256;
  std::chrono::minutes session_lifetime{12 * 60};
};

}  // namespace camherd::http
