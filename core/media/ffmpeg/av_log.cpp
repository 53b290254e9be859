#include "core/media/ffmpeg/av_log.hpp"

#include <string_view>

extern "C" {
#include <libavutil/log.h>
}

namespace camherd::ffmpeg {
namespace {

// libav offers one callback for the process and no context of ours in it; the thread tells
// which decoder is at work.
thread_local damage_watch* current_watch = nullptr;

constexpr std::string_view damage_message = "concealing ";  // h264: macroblocks are missing

constexpr std::string_view reference_messages[] = {
    // h264. Streams may allow gaps (gaps_in_frame_num_value_allowed_flag) for senders that
    // leave out whole temporal layers, which no camera does behind its SPS's back.
    "Frame num gap",
    "Missing reference picture",
    "reference picture missing",
    "Could not find ref with POC",  // hevc
    "Error constructing the frame RPS",
};

constexpr std::string_view too_large_message = "Picture size %ux%u exceeds";

}  // namespace

void hear(const char* format, va_list values) noexcept {
  if (current_watch == nullptr || format == nullptr) return;
  const std::string_view text{format};
  if (text.starts_with(damage_message)) current_watch->damaged_ = true;
  for (const auto message : reference_messages) {
    if (text.starts_with(message)) current_watch->misses_reference_ = true;
  }
  if (!text.starts_with(too_large_message)) return;
  va_list own;  // libav may read them again
  va_copy(own, values);
  picture_size size;
  size.width = va_arg(own, unsigned);
  size.height = va_arg(own, unsigned);
  va_end(own);
  current_watch->too_large_ = size;
}

void silence_av_log() {
  av_log_set_callback(
      [](void*, int, const char* format, va_list values) { hear(format, values); });
}

damage_watch::damage_watch() noexcept : outer_{current_watch} {
  current_watch = this;
}

damage_watch::~damage_watch() {
  current_watch = outer_;
}

}  // namespace camherd::ffmpeg
