#pragma once

#include "apps/camherd/http/body.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace camherd::http {

class outbox;

/// The sender's end of a stream to one client. Copies are the same stream, which ends when the
/// last of them goes. Any thread.
class client_stream {
 public:
  /// False once the client is gone or the stream was ended.
  [[nodiscard]] bool open() const;

  /// What was dropped because this client is slow.
  [[nodiscard]] std::uint64_t dropped() const;

  /// `gone` runs once when the client has left or was let go, on the server's io thread; at
  /// once if it already has. It replaces the one before.
  void on_close(std::function<void()> gone);

  /// Ends the stream after what is waiting.
  void close();

 protected:
  explicit client_stream(std::shared_ptr<outbox> to);

  [[nodiscard]] outbox& to() const noexcept { return *to_; }

 private:
  std::shared_ptr<outbox> to_;  // shared by the copies; the last one ends the stream
};

/// One server-sent event (HTML Living Standard, 9.2).
struct event {
  std::string name;  ///< empty: "message"
  std::string id;    ///< empty: none; comes back as Last-Event-ID
  std::string data;
};

/// The bytes of an event. Line breaks in `data` become lines of it; in `name` and `id` they are
/// left out with all control characters.
[[nodiscard]] std::string to_text(const event& e);

/// text/event-stream. A comment goes out when nothing else does for `limits::heartbeat`. A
/// client that cannot keep up loses the oldest events, and is told by an event "dropped" with
/// their number before the next one.
class event_stream : public client_stream {
 public:
  explicit event_stream(std::shared_ptr<outbox> to) : client_stream{std::move(to)} {}

  /// False if the client is gone.
  bool send(const event& e);

  /// Likewise, of bytes that `to_text` has made: clients that get the same can share them.
  bool send(body prepared);
};

/// multipart/x-mixed-replace: each part replaces the one before. One part waits at most; a
/// newer one takes its place.
class multipart_stream : public client_stream {
 public:
  explicit multipart_stream(std::shared_ptr<outbox> to);

  /// What separates the parts. Every part says its length besides.
  static constexpr std::string_view boundary = "camherd-next-part";

  /// False if the client is gone.
  bool send(std::string_view content_type, body content);
};

}  // namespace camherd::http
