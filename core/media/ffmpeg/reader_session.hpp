#pragma once

#include "core/base/source.hpp"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>

namespace camherd::ffmpeg {

/// What a blocking reader thread shares with those who may want it to end: the way to its
/// listener, and the cancel flag. Lets the listener hear `on_ended` exactly once, and nothing
/// after it, even if the reader never returns. Any thread.
class reader_session : public std::enable_shared_from_this<reader_session> {
 public:
  static constexpr std::chrono::milliseconds grace{500};

  explicit reader_session(std::shared_ptr<source_listener> listener);

  /// Calls `speak` with the listener, unless the session has ended.
  template <class Speak>
  void tell(Speak speak) {
    const std::scoped_lock lock{speaking_};
    if (listener_) speak(*listener_);
  }

  /// The reader's last act: says why, unless it was cut off before.
  void reader_returned(const error& reason);

  /// Asks the reader to end, and sees to it that the session does. Returns at once.
  void cancel();

  [[nodiscard]] std::stop_token cancelled() const noexcept { return stop_.get_token(); }

 private:
  void cut_off_late_reader();

  [[nodiscard]] std::shared_ptr<source_listener> end();

  std::stop_source stop_;
  std::mutex speaking_;  // held while the listener is called: one call at a time
  std::shared_ptr<source_listener> listener_;  // null once the session has ended
  std::mutex mutex_;                           // guards what follows
  std::condition_variable returned_changed_;
  bool returned_ = false;
  bool abandoned_ = false;
};

}  // namespace camherd::ffmpeg
