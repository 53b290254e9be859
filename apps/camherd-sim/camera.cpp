#include "apps/camherd-sim/camera.hpp"

#include <chrono>

namespace camherd::sim {
namespace {

// One on its way and one waiting; more would only be delay.
constexpr guint64 max_waiting_pictures = 2;

}  // namespace

camera::camera(const encoded_loop& loop, play_head head, std::uint32_t number,
               sent_log_writer* log, mono_time epoch)
    : loop_{loop}, number_{number}, log_{log}, epoch_{epoch}, head_{head} {}

void camera::attach(GstAppSrc* source) {
  gst_app_src_set_caps(source, loop_.caps.get());
  const std::lock_guard lock{mutex_};
  source_.reset(GST_ELEMENT(gst_object_ref(source)));
  state_ = feed_state::attached;
  awaiting_keyframe_ = false;
}

void camera::prepare(GstAppSrc* source) {
  const std::lock_guard lock{mutex_};
  if (state_ != feed_state::attached || source_.get() != GST_ELEMENT(source)) return;
  state_ = feed_state::held;
  push(head_.previous(), head_.previous_due(), machine_clock{}.now());
}

void camera::play() {
  const std::lock_guard lock{mutex_};
  if (state_ != feed_state::held) return;
  state_ = feed_state::playing;
  if (log_ != nullptr) {
    log_->correct(number_, static_cast<std::uint32_t>(head_.previous()), machine_clock{}.now());
  }
}

void camera::pause() {
  const std::lock_guard lock{mutex_};
  if (state_ == feed_state::playing) state_ = feed_state::held;
}

void camera::detach(const GstAppSrc* source) {
  const std::lock_guard lock{mutex_};
  if (source_.get() != GST_ELEMENT(source)) return;
  source_.reset();
  state_ = feed_state::idle;
}

mono_time camera::due() const {
  const std::lock_guard lock{mutex_};
  return head_.due();
}

std::uint64_t camera::skipped() const {
  const std::lock_guard lock{mutex_};
  return skipped_;
}

mono_time camera::tick(mono_time now) {
  const std::lock_guard lock{mutex_};
  head_.catch_up(now);
  if (now < head_.due()) return head_.due();
  if (state_ == feed_state::held) {
    head_.hold();
    return head_.due();
  }
  if (state_ == feed_state::playing) {
    const std::size_t picture = head_.next();
    const bool keyframe = loop_.pictures[picture].kind == picture_kind::keyframe;
    if (has_room() && (keyframe || !awaiting_keyframe_)) {
      awaiting_keyframe_ = false;
      push(picture, head_.due(), now);
    } else {
      // A slow client must not make the queue grow, nor see pictures without their reference.
      awaiting_keyframe_ = true;
      ++skipped_;
    }
  }
  head_.advance();
  return head_.due();
}

bool camera::has_room() const {
  return gst_app_src_get_current_level_buffers(GST_APP_SRC(source_.get())) <
         max_waiting_pictures;
}

void camera::push(std::size_t picture, mono_time due, mono_time now) {
  const encoded_picture& encoded = loop_.pictures[picture];
  // Only the times differ between cameras and rounds; the memory is shared.
  GstBuffer* buffer = gst_buffer_copy(encoded.buffer.get());
  const auto at = std::chrono::nanoseconds{due - epoch_};
  GST_BUFFER_DTS(buffer) = static_cast<GstClockTime>(at.count());
  GST_BUFFER_PTS(buffer) = static_cast<GstClockTime>((at + encoded.shown_after).count());
  GST_BUFFER_OFFSET(buffer) = GST_BUFFER_OFFSET_NONE;
  GST_BUFFER_OFFSET_END(buffer) = GST_BUFFER_OFFSET_NONE;
  if (log_ != nullptr) log_->record(number_, static_cast<std::uint32_t>(picture), now);
  gst_app_src_push_buffer(GST_APP_SRC(source_.get()), buffer);
}

}  // namespace camherd::sim
