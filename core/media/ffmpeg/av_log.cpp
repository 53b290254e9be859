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

constexpr std::string_view damage_messages[] = {
    "concealing ",  // h264: macroblocks are missing
    // h264: a reference was lost. Streams may allow gaps (gaps_in_frame_num_value_allowed_flag)
    // for senders that leave out whole temporal layers, which no camera does behind its SPS's
    // back.
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
  for (const auto message : damage_messages) {
    if (text.starts_with(message)) current_watch->noticed_ = true;
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
