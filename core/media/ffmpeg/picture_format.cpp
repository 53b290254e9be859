#include "core/media/ffmpeg/picture_format.hpp"

namespace camherd::ffmpeg {

std::optional<pixel_format> format_of(AVPixelFormat format) noexcept {
  switch (format) {
    case AV_PIX_FMT_GRAY8:
      return pixel_format::gray8;
    case AV_PIX_FMT_YUV420P:
    case AV_PIX_FMT_YUVJ420P:
      return pixel_format::yuv420p;
    case AV_PIX_FMT_YUV422P:
    case AV_PIX_FMT_YUVJ422P:
      return pixel_format::yuv422p;
    case AV_PIX_FMT_YUV444P:
    case AV_PIX_FMT_YUVJ444P:
      return pixel_format::yuv444p;
    case AV_PIX_FMT_GRAY10LE:
      return pixel_format::gray10;
    case AV_PIX_FMT_YUV420P10LE:
      return pixel_format::yuv420p10;
    case AV_PIX_FMT_YUV422P10LE:
      return pixel_format::yuv422p10;
    case AV_PIX_FMT_YUV444P10LE:
      return pixel_format::yuv444p10;
    case AV_PIX_FMT_YUV420P12LE:
      return pixel_format::yuv420p12;
    case AV_PIX_FMT_YUV422P12LE:
      return pixel_format::yuv422p12;
    case AV_PIX_FMT_YUV444P12LE:
      return pixel_format::yuv444p12;
    default:
      return std::nullopt;
  }
}

bool implies_full_range(AVPixelFormat format) noexcept {
  return format == AV_PIX_FMT_YUVJ420P || format == AV_PIX_FMT_YUVJ422P ||
         format == AV_PIX_FMT_YUVJ444P;
}

}  // namespace camherd::ffmpeg
