#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <span>
#include <string_view>

namespace camherd::http {

/// The bytes of one connection, plain or in TLS, and one alarm clock. All calls and handlers on
/// the io thread; no handler runs inside the call that was given it. At most one read and one
/// write at a time.
class channel {
 public:
  virtual ~channel() = default;

  /// Performs the TLS handshake, if there is one. False: it failed.
  virtual void secure(std::function<void(bool ok)> done) = 0;

  /// Reads something into `room`, which stays until `done`. 0: nothing more will come.
  virtual void read(std::span<char> room, std::function<void(std::size_t size)> done) = 0;

  /// Writes all pieces; their bytes stay until `done`. False: the connection broke.
  virtual void write(std::span<const std::string_view> pieces,
                     std::function<void(bool ok)> done) = 0;

  /// Tells the peer that nothing more will be written.
  virtual void end_output(std::function<void()> done) = 0;

  /// Closes at once. Reads and writes under way end with failure.
  virtual void close() = 0;

  /// `ring` runs after `delay`, unless the alarm is set anew, silenced, or the channel closed.
  virtual void set_alarm(std::chrono::milliseconds delay, std::function<void()> ring) = 0;
  virtual void silence_alarm() = 0;
};

}  // namespace camherd::http
