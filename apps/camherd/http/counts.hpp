#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

namespace camherd::http {

/// What a server has done since it began. The io thread counts, any thread reads.
struct server_counts {
  std::atomic<std::uint64_t> accepted{0};       ///< connections
  std::atomic<std::uint64_t> refused{0};        ///< connections, because all others were busy
  std::atomic<std::uint64_t> evicted{0};        ///< connections that made room for new ones
  std::atomic<std::uint64_t> timed_out{0};      ///< connections closed at a deadline
  std::atomic<std::uint64_t> requests{0};       ///< answered with any status
  std::atomic<std::uint64_t> client_errors{0};  ///< answered with 400 to 499
  std::atomic<std::uint64_t> server_errors{0};  ///< answered with 500 to 599
  std::atomic<std::uint64_t> failed_logins{0};
  std::atomic<std::uint64_t> bytes_sent{0};   ///< of heads and bodies, before TLS
  std::atomic<std::uint64_t> connections{0};  ///< open now
  std::atomic<std::uint64_t> streams{0};      ///< open now

  /// Events and parts that slow clients did not get. Shared with streams that outlive the
  /// server.
  std::shared_ptr<std::atomic<std::uint64_t>> stream_drops =
      std::make_shared<std::atomic<std::uint64_t>>(0);
};

}  // namespace camherd::http
