#include "core/frame/rendition.hpp"

namespace camherd {

bool is_rendition_format(pixel_format format) noexcept {
  switch (format) {
    case pixel_format::gray8:
    case pixel_format::yuv420p:
    case pixel_format::nv12:
    case pixel_format::rgb24:
    case pixel_format::bgr24:
      return true;
    default:
      return false;
  }
}

frame luma_of(frame source) {
  source.format = pixel_format::gray8;
  source.plane_count = 1;
  source.planes[1] = source.planes[2] = {};
  return source;
}

}  // namespace camherd
