#pragma once

#include "apps/camherd/http/body.hpp"
#include "apps/camherd/http/io_gate.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace camherd::http {

/// One piece of a stream: text of its own around bytes that clients share.
struct stream_piece {
  std::string head;
  body content;
  std::string tail;

  [[nodiscard]] std::size_t size() const noexcept {
    return head.size() + content.size() + tail.size();
  }
};

/// The pieces that wait for one client of a stream. Bounded: the newest piece pushes out the
/// oldest ones, which are counted, so that a slow client holds up nobody and sees the newest.
/// Any thread may push; the connection takes on the io thread.
class outbox {
 public:
  struct bounds {
    std::size_t pieces = 1;
    std::size_t bytes = SIZE_MAX;  ///< the newest piece is kept whatever its size
  };

  /// What the connection takes next.
  struct next_piece {
    std::optional<stream_piece> piece;
    std::uint64_t dropped_before = 0;  ///< pieces dropped since the last one taken
    bool ended = false;                ///< no more will come
  };

  outbox(bounds limits, std::shared_ptr<io_gate> gate,
         std::shared_ptr<std::atomic<std::uint64_t>> all_dropped);

  /// The connection: `ready` runs on the io thread whenever there is something to take again.
  void connect(std::function<void()> ready);
  [[nodiscard]] next_piece take();

  /// The connection: the client is gone. What waits is dropped, and who asked is told.
  void leave();

  /// False if the client is gone.
  bool push(stream_piece piece);

  /// No more pieces will come; what waits is still sent.
  void end();

  [[nodiscard]] bool open() const;
  [[nodiscard]] std::uint64_t dropped() const;

  /// `gone` runs once when the client has left, on the io thread; at once if it already has.
  void on_leave(std::function<void()> gone);

 private:
  void wake();

  const bounds limits_;
  const std::shared_ptr<io_gate> gate_;
  const std::shared_ptr<std::atomic<std::uint64_t>> all_dropped_;

  mutable std::mutex mutex_;  // producers on any thread meet the io thread here
  std::deque<stream_piece> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::uint64_t dropped_ = 0;
  std::uint64_t dropped_before_next_ = 0;
  bool ended_ = false;
  bool left_ = false;
  bool woken_ = false;  // a wake-up is under way
  std::function<void()> ready_;
  std::function<void()> gone_;
};

}  // namespace camherd::http
