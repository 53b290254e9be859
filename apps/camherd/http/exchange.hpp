#pragma once

#include "apps/camherd/http/io_gate.hpp"
#include "apps/camherd/http/limits.hpp"
#include "apps/camherd/http/outbox.hpp"
#include "apps/camherd/http/response.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

namespace camherd::http {

enum class stream_kind : std::uint8_t { events, multipart };

/// A stream that follows the head of an answer, or nothing.
struct opened_stream {
  std::shared_ptr<outbox> box;
  stream_kind kind = stream_kind::events;
};

/// What a connection does with the answer to a request.
using answer_receiver = std::function<void(response head, opened_stream stream)>;

/// One request that waits for its answer, between the responders on any thread and the
/// connection on the io thread.
class exchange {
 public:
  /// `deliver` runs on the io thread, at most once.
  exchange(std::shared_ptr<io_gate> gate, limits bounds,
           std::shared_ptr<std::atomic<std::uint64_t>> dropped, answer_receiver deliver);

  /// Answers with status 500 if nobody has.
  ~exchange();

  exchange(const exchange&) = delete;
  exchange& operator=(const exchange&) = delete;

  void answer(response r);
  [[nodiscard]] std::shared_ptr<outbox> stream(stream_kind kind);
  [[nodiscard]] bool wanted() const { return !settled_; }

  /// The connection: nobody waits any more.
  void give_up() { settled_ = true; }

 private:
  void deliver(response r, opened_stream stream);

  const std::shared_ptr<io_gate> gate_;
  const limits bounds_;
  const std::shared_ptr<std::atomic<std::uint64_t>> dropped_;
  answer_receiver deliver_;
  std::atomic<bool> settled_{false};  // responders race with each other and with the client
};

}  // namespace camherd::http
