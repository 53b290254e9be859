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

colour_matrix matrix_of(AVColorSpace named, std::uint32_t width,
                        std::uint32_t height) noexcept {
  switch (named) {
    case AVCOL_SPC_BT709:
    case AVCOL_SPC_SMPTE240M:  // within two hundredths of BT.709
      return colour_matrix::bt709;
    case AVCOL_SPC_FCC:
    case AVCOL_SPC_BT470BG:
    case AVCOL_SPC_SMPTE170M:
      return colour_matrix::bt601;
    case AVCOL_SPC_BT2020_NCL:
    case AVCOL_SPC_BT2020_CL:
      return colour_matrix::bt2020;
    default:
      return width > 1024 || height > 576 ? colour_matrix::bt709 : colour_matrix::bt601;
  }
}

}  // namespace camherd::ffmpeg
