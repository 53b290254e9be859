#include "apps/camherd/frame_picture.hpp"

#include "core/media/jpeg.hpp"

namespace camherd {

result<std::vector<std::uint8_t>> to_jpeg(const consumer::frame& frame, int quality) {
  const auto plane = frame.plane(0);
  return encode_jpeg({.pixels = {plane.data, plane.stride * (plane.rows - 1) + plane.row_bytes},
                      .stride = plane.stride,
                      .width = frame.width(),
                      .height = frame.height(),
                      .format = static_cast<pixel_format>(frame.format())},
                     quality);
}

}  // namespace camherd
