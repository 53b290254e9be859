#include "core/media/demuxer_source.hpp"

#include "core/base/memory_shortage.hpp"
#include "core/media/ffmpeg/demuxer.hpp"
#include "core/media/ffmpeg/reader_session.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

namespace camherd {
namespace ffmpeg {
namespace {

using ticks_90k = std::chrono::duration<std::int64_t, std::ratio<1, 90000>>;

/// A pause or step back in the timestamps beyond this is a jump and not waited for.
constexpr ticks_90k longest_gap = std::chrono::seconds{10};

class machine_pacer final : public pacer {
 public:
  [[nodiscard]] mono_time now() const noexcept override {
    return std::chrono::steady_clock::now();
  }

  void wait_until(mono_time due, std::stop_token cancel) override {
    std::unique_lock lock{mutex_};
    changed_.wait_until(lock, cancel, due, [] { return false; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
};

/// Counters that the reader writes and anybody reads.
struct reader_counters {
  // Atomic, as the only thing that other threads read while the reader works.
  std::atomic<std::uint64_t> bytes{0};
};

/// The work of the reader thread. It knows nothing of the source that started it.
class reader {
 public:
  reader(camera_url url, const demuxer_options& options, std::shared_ptr<pacer> pace,
         std::shared_ptr<reader_session> session, std::shared_ptr<reader_counters> counters)
      : url_{std::move(url)},
        options_{options},
        pace_{std::move(pace)},
        session_{std::move(session)},
        counters_{std::move(counters)} {}

  void run() { session_->reader_returned(read_what_memory_allows().within(url_.redacted())); }

 private:
  error read_what_memory_allows();
  error read_all();
  error read_once();
  void hand_out(demuxer::item item);
  void wait_for(const demuxer::item& item);

  camera_url url_;
  demuxer_options options_;
  std::shared_ptr<pacer> pace_;
  std::shared_ptr<reader_session> session_;
  std::shared_ptr<reader_counters> counters_;
  bool announced_ = false;
  std::uint64_t sequence_ = 0;
  std::int64_t shift_ = 0;      // added to the times of this round, so that they go on
  std::int64_t next_time_ = 0;  // decode time at the end of what was handed out
  std::optional<std::pair<mono_time, std::int64_t>> anchor_;  // a moment and its decode time
};

error reader::read_what_memory_allows() try {
  return read_all();
} catch (const std::bad_alloc&) {
  return no_memory_for("its pictures");
}

error reader::read_all() {
  const bool is_file = url_.scheme() == "file";
  for (;;) {
    const auto before = sequence_;
    auto reason = read_once();
    const bool again = options_.loop && is_file && reason.kind() == error_kind::end_of_stream &&
                       !session_->cancelled().stop_requested();
    if (!again) return reason;
    if (sequence_ == before) return {error_kind::corrupt, "no pictures in it"};
  }
}

/// Reads to the end and returns why it came.
error reader::read_once() {
  auto input = demuxer::open(url_, options_, session_->cancelled());
  if (!input) return input.error();
  if (!std::exchange(announced_, true)) {
    session_->tell([&](source_listener& l) { l.on_stream((*input)->info()); });
  }
  std::optional<std::int64_t> first;
  for (;;) {
    auto item = (*input)->next();
    if (!item) return item.error();
    if (!first) {
      first = item->decode_time;
      shift_ = sequence_ == 0 ? 0 : next_time_ - *first;
    }
    hand_out(*std::move(item));
  }
}

void reader::hand_out(demuxer::item item) {
  item.decode_time += shift_;
  item.unit.rtp_time += shift_;
  if (options_.paced && url_.scheme() == "file") wait_for(item);
  next_time_ = item.decode_time + item.duration;
  item.unit.sequence = sequence_++;
  item.unit.received_at = pace_->now();
  counters_->bytes += item.unit.payload.size();
  session_->tell([&](source_listener& l) {
    if (item.refused_before > 0) {
      l.on_notice(std::to_string(item.refused_before) +
                  " pictures were left out: damaged, or larger than allowed");
    }
    l.on_access_unit(std::move(item.unit));
  });
}

void reader::wait_for(const demuxer::item& item) {
  const ticks_90k step{item.decode_time - next_time_};
  if (!anchor_ || step > longest_gap || step < -longest_gap) {
    anchor_ = {pace_->now(), item.decode_time};
  }
  const auto due = anchor_->first + std::chrono::duration_cast<mono_time::duration>(
                                        ticks_90k{item.decode_time - anchor_->second});
  pace_->wait_until(due, session_->cancelled());
}

class demuxer_source final : public source {
 public:
  demuxer_source(camera_url url, const demuxer_options& options,
                 std::shared_ptr<source_listener> listener, std::shared_ptr<pacer> pace)
      : url_{std::move(url)},
        options_{options},
        pace_{pace ? std::move(pace) : std::make_shared<machine_pacer>()},
        session_{std::make_shared<reader_session>(std::move(listener))},
        counters_{std::make_shared<reader_counters>()} {}

  ~demuxer_source() override { stop(); }

  void start() override {
    try {
      std::thread{[work = reader{url_, options_, pace_, session_, counters_}]() mutable {
        work.run();
      }}.detach();
    } catch (const std::system_error& e) {
      session_->reader_returned(
          system_error(error_kind::internal, "starting a reader thread", e.code().value()));
    }
  }

  void stop() override { session_->cancel(); }

  [[nodiscard]] source_statistics statistics() const override {
    source_statistics s;
    s.bytes = counters_->bytes;
    return s;
  }

 private:
  camera_url url_;
  demuxer_options options_;
  std::shared_ptr<pacer> pace_;
  // Shared with the reader thread, which may outlive this object.
  std::shared_ptr<reader_session> session_;
  std::shared_ptr<reader_counters> counters_;
};

}  // namespace
}  // namespace ffmpeg

source_ptr make_demuxer_source(camera_url url, demuxer_options options,
                               std::shared_ptr<source_listener> listener,
                               std::shared_ptr<pacer> pace) {
  return std::make_shared<ffmpeg::demuxer_source>(std::move(url), options, std::move(listener),
                                                  std::move(pace));
}

}  // namespace camherd
