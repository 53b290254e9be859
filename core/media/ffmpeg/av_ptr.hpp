#pragma once

#include <memory>
#include <type_traits>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavcodec/bsf.h>
#include <libavformat/avformat.h>
#include <libavutil/frame.h>
}

namespace camherd::ffmpeg {

/// Calls libav's own function for giving an object back, whether it takes `T*` or `T**`.
template <auto Free>
struct av_deleter {
  template <class T>
  void operator()(T* object) const noexcept {
    if constexpr (std::is_invocable_v<decltype(Free), T**>) {
      Free(&object);
    } else {
      Free(object);
    }
  }
};

template <class T, auto Free>
using av_ptr = std::unique_ptr<T, av_deleter<Free>>;

using codec_context_ptr = av_ptr<AVCodecContext, avcodec_free_context>;
using format_context_ptr = av_ptr<AVFormatContext, avformat_close_input>;
using bsf_context_ptr = av_ptr<AVBSFContext, av_bsf_free>;
using frame_ptr = av_ptr<AVFrame, av_frame_free>;
using packet_ptr = av_ptr<AVPacket, av_packet_free>;

}  // namespace camherd::ffmpeg
