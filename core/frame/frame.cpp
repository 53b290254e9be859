#include "core/frame/frame.hpp"

namespace camherd {

std::string_view to_string(pixel_format format) noexcept {
  switch (format) {
    case pixel_format::gray8:
      return "gray8";
    case pixel_format::yuv420p:
      return "yuv420p";
    case pixel_format::yuv422p:
      return "yuv422p";
    case pixel_format::yuv444p:
      return "yuv444p";
    case pixel_format::gray10:
      return "gray10";
    case pixel_format::yuv420p10:
      return "yuv420p10";
    case pixel_format::yuv422p10:
      return "yuv422p10";
    case pixel_format::yuv444p10:
      return "yuv444p10";
    case pixel_format::yuv420p12:
      return "yuv420p12";
    case pixel_format::yuv422p12:
      return "yuv422p12";
    case pixel_format::yuv444p12:
      return "yuv444p12";
    case pixel_format::nv12:
      return "nv12";
    case pixel_format::rgb24:
      return "rgb24";
    case pixel_format::bgr24:
      return "bgr24";
  }
  return "unknown";
}

}  // namespace camherd
