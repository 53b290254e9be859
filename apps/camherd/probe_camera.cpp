#include "apps/camherd/probe_camera.hpp"

#include "apps/camherd/open_source.hpp"
#include "core/media/decoder.hpp"
#include "core/rtsp/io_pool.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace camherd {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::uint64_t enough_keyframes = 3;
constexpr std::size_t most_notices = 20;
// A source ends by itself soon after `stop`; this is against one that does not.
constexpr std::chrono::seconds end_timeout{3};

// Collects on the source's thread what the probing thread waits for.
class collector final : public source_listener {
 public:
  void on_stream(const stream_info& info) override {
    const std::lock_guard lock{mutex_};
    found_.stream = info;
    found_.connected_after = since_start();
  }

  void on_notice(const std::string& text) override {
    const std::lock_guard lock{mutex_};
    if (found_.notices.size() < most_notices) found_.notices.push_back(text);
  }

  void on_access_unit(access_unit unit) override {
    const std::lock_guard lock{mutex_};
    ++found_.pictures;
    bytes_ += unit.payload.size();
    if (!first_) first_ = {unit.rtp_time, unit.received_at};
    last_ = {unit.rtp_time, unit.received_at};
    clock_rate_ = unit.clock_rate;
    if (unit.captured_at != wall_time{}) {
      const auto age = steady_clock::now() - unit.received_at;
      found_.clock_ahead = duration_cast<milliseconds>(
          unit.captured_at - (std::chrono::system_clock::now() - age));
    }
    if (!unit.keyframe) return;
    ++found_.keyframes;
    if (!found_.keyframe_after) found_.keyframe_after = since_start();
    if (keyframe_at_) found_.keyframe_distance = found_.pictures - *keyframe_at_;
    keyframe_at_ = found_.pictures;
    if (!keyframe_) keyframe_ = std::move(unit);
    changed_.notify_all();
  }

  void on_ended(const error& reason) override {
    const std::lock_guard lock{mutex_};
    ended_ = reason;
    changed_.notify_all();
  }

  // True if it ended before it had shown enough.
  bool wait_for_enough(milliseconds patience) {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, patience,
                      [this] { return ended_ || found_.keyframes >= enough_keyframes; });
    if (ended_) found_.failure = ended_;
    return ended_.has_value();
  }

  void wait_for_end() {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, end_timeout, [this] { return ended_.has_value(); });
  }

  probe_findings finish() {
    const std::lock_guard lock{mutex_};
    if (first_ && last_->received_at > first_->received_at) {
      const auto arrival =
          std::chrono::duration<double>(last_->received_at - first_->received_at);
      found_.bits_per_second = 8.0 * static_cast<double>(bytes_) / arrival.count();
      const auto ticks = static_cast<double>(last_->rtp_time - first_->rtp_time);
      const auto seconds = ticks > 0 ? ticks / clock_rate_ : arrival.count();
      found_.measured_fps = static_cast<double>(found_.pictures - 1) / seconds;
    }
    return std::move(found_);
  }

  std::optional<access_unit> take_keyframe() {
    const std::lock_guard lock{mutex_};
    return std::exchange(keyframe_, std::nullopt);
  }

 private:
  struct moment {
    std::int64_t rtp_time;
    mono_time received_at;
  };

  [[nodiscard]] milliseconds since_start() const {
    return duration_cast<milliseconds>(steady_clock::now() - started_);
  }

  std::mutex mutex_;  // between the source's thread and the probing one
  std::condition_variable changed_;
  const steady_clock::time_point started_ = steady_clock::now();
  probe_findings found_;
  std::optional<error> ended_;
  std::optional<access_unit> keyframe_;
  std::optional<std::uint64_t> keyframe_at_;
  std::optional<moment> first_;
  std::optional<moment> last_;
  std::uint32_t clock_rate_ = 90000;
  std::uint64_t bytes_ = 0;
};

class first_frame final : public decode_listener {
 public:
  explicit first_frame(probe_findings& found) : found_{found} {}

  void on_frame(frame f) override {
    found_.width = f.width;
    found_.height = f.height;
    found_.pixel_format = to_string(f.format);
  }
  void on_discarded(std::uint64_t, drop_reason) override {}
  void on_merged(std::uint64_t) override {}

 private:
  probe_findings& found_;
};

void decode_into(probe_findings& found, access_unit keyframe) {
  auto made = make_decoder(keyframe.codec, {}, 0);
  if (!made) {
    found.decode_error = made.error().message();
    return;
  }
  first_frame listener{found};
  if (const auto done = (*made)->decode(std::move(keyframe), listener); !done) {
    found.decode_error = done.error().message();
  }
  (*made)->drain(listener);
}

}  // namespace

probe_findings probe_camera(const camera_config& camera, milliseconds patience) {
  rtsp::io_pool io{1};
  auto seen = std::make_shared<collector>();  // shared with the source
  const auto source = open_source(io, camera, seen);
  source->start();
  if (!seen->wait_for_enough(patience)) {
    source->stop();
    seen->wait_for_end();
  }
  auto keyframe = seen->take_keyframe();
  auto found = seen->finish();
  found.transport = source->statistics();
  if (keyframe) decode_into(found, std::move(*keyframe));
  return found;
}

std::string advice_for(const error& failure) {
  switch (failure.kind()) {
    case error_kind::authentication:
      return "Check user name and password (rtsp://USER:PASSWORD@HOST/...); stop trying if you "
             "are not sure, since cameras lock clients out after a few wrong ones.";
    case error_kind::retry:
      return "Check that the camera has power and network, that host, port and path of the URL "
             "are right, and that its RTSP service is switched on and not at its limit of "
             "clients.";
    case error_kind::unsupported:
      return "Set the camera to H.264, H.265 or MJPEG, or try another stream path or "
             "--transport.";
    case error_kind::corrupt:
      return "What answers there does not speak the protocol: check the port, and the camera's "
             "firmware.";
    case error_kind::invalid_argument:
      return "Check the URL.";
    case error_kind::end_of_stream:
      return "The camera ended the stream by itself: look for a limit of clients or of time in "
             "its settings.";
    case error_kind::internal:
      return "This machine lacks something: see the message.";
  }
  return {};
}

}  // namespace camherd
