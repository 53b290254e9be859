#pragma once

#include "core/base/access_unit.hpp"
#include "core/base/error.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace camherd {

/// What a source found out about its stream when it was opened.
struct stream_info {
  video_codec codec = video_codec::h264;
  std::vector<std::uint8_t>
      parameter_sets;          ///< Annex B, from out of band; empty if none were given
  std::string transport;       ///< "tcp", "udp", "tls", "file", ...
  std::string authentication;  ///< "none", "basic", "digest-md5", "digest-sha256"
  std::string server;          ///< what the server calls itself; empty if it does not
  double declared_fps = 0;     ///< from the session description; 0 if not declared
};

/// Counted since the source was started. Sources without packets leave those counters 0.
struct source_statistics {
  std::uint64_t bytes = 0;              ///< media bytes received, headers included
  std::uint64_t packets = 0;            ///< RTP packets received
  std::uint64_t packets_lost = 0;       ///< never arrived
  std::uint64_t packets_reordered = 0;  ///< arrived late but in time to be used
  std::uint64_t packets_duplicate = 0;  ///< arrived twice
  std::uint64_t packets_late = 0;       ///< arrived too late to be used, counted as lost before
  std::chrono::nanoseconds jitter{};    ///< interarrival jitter (RFC 3550 section 6.4.1)
};

/// Counts of two sources one after the other; the jitter is that of the later, unless it heard
/// nothing.
[[nodiscard]] source_statistics sum_of(const source_statistics& earlier,
                                       const source_statistics& later);

/// Hears what a source has to say. Called on a thread of the source, never two calls at once;
/// must not block.
class source_listener {
 public:
  virtual ~source_listener() = default;

  /// The stream is open. Comes once, before the first access unit; again if the codec changes.
  virtual void on_stream(const stream_info& info) = 0;

  virtual void on_access_unit(access_unit unit) = 0;

  /// Something an operator should know that does not end the stream; one sentence, no
  /// credentials.
  virtual void on_notice(const std::string& text) = 0;

  /// The last call, exactly once for each started source. Kind `end_of_stream` for an orderly
  /// end.
  virtual void on_ended(const error& reason) = 0;
};

/// One try to receive one camera's stream: opened once, ended once. It keeps its listener alive
/// until `on_ended` has returned.
class source {
 public:
  virtual ~source() = default;

  /// Begins to open the stream; returns at once. Call it once.
  virtual void start() = 0;

  /// Asks for an orderly end (RTSP: TEARDOWN) within a short deadline; returns at once.
  /// `on_ended` follows. Does nothing when called again or after the end. Any thread.
  virtual void stop() = 0;

  /// Any thread, at any time.
  [[nodiscard]] virtual source_statistics statistics() const = 0;
};

/// Shared between its owner and the thread that serves it.
using source_ptr = std::shared_ptr<source>;

}  // namespace camherd
