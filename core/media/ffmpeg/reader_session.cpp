#include "core/media/ffmpeg/reader_session.hpp"

#include "core/media/demuxer_source.hpp"

#include <atomic>
#include <system_error>
#include <thread>
#include <utility>

namespace camherd {
namespace {

// For the whole process, since a thread left behind concerns the whole process.
std::atomic<std::size_t> left_behind{0};

}  // namespace

std::size_t abandoned_readers() noexcept {
  return left_behind.load();
}

namespace ffmpeg {

reader_session::reader_session(std::shared_ptr<source_listener> listener)
    : listener_{std::move(listener)} {}

void reader_session::reader_returned(const error& reason) {
  const auto told = end();
  if (told) told->on_ended(reason);
  {
    const std::scoped_lock lock{mutex_};
    returned_ = true;
    if (abandoned_) --left_behind;
  }
  returned_changed_.notify_all();
}

std::shared_ptr<source_listener> reader_session::end() {
  const std::scoped_lock lock{speaking_};
  return std::exchange(listener_, nullptr);
}

void reader_session::cancel() {
  {
    const std::scoped_lock lock{mutex_};
    if (returned_) return;
  }
  if (!stop_.request_stop()) return;
  try {
    std::thread{[self = shared_from_this()] { self->cut_off_late_reader(); }}.detach();
  } catch (const std::system_error&) {
    // Without a thread to wait there is no cutting off; the reader still ends by itself.
  }
}

void reader_session::cut_off_late_reader() {
  {
    std::unique_lock lock{mutex_};
    if (returned_changed_.wait_for(lock, grace, [this] { return returned_; })) return;
    abandoned_ = true;
    ++left_behind;
  }
  const auto told = end();
  if (told) {
    told->on_ended(
        {error_kind::end_of_stream, "stopped; its reader hangs and was left behind"});
  }
}

}  // namespace ffmpeg
}  // namespace camherd
