#include "core/rtsp/depacketizer.hpp"

#include "core/rtsp/codec_depacketizers.hpp"

namespace camherd::rtsp {

std::unique_ptr<depacketizer> make_depacketizer(video_codec codec, std::uint32_t clock_rate,
                                                std::span<const std::uint8_t> parameter_sets,
                                                depacketizer_limits limits) {
  switch (codec) {
    case video_codec::h264:
      return make_h264_depacketizer(clock_rate, parameter_sets, limits);
    case video_codec::h265:
      return make_h265_depacketizer(clock_rate, parameter_sets, limits);
    case video_codec::mjpeg:
      break;
  }
  return make_mjpeg_depacketizer(clock_rate, limits);
}

}  // namespace camherd::rtsp
