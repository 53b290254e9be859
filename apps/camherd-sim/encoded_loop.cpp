#include "apps/camherd-sim/encoded_loop.hpp"

namespace camherd::sim {

loop_figures figures_of(const encoded_loop& loop) {
  std::size_t bytes[2] = {};
  std::size_t count[2] = {};
  for (const encoded_picture& picture : loop.pictures) {
    const auto kind = static_cast<std::size_t>(picture.kind);
    bytes[kind] += gst_buffer_get_size(picture.buffer.get());
    ++count[kind];
  }
  const double seconds = std::chrono::duration<double>(loop.timing.duration).count();
  const auto mean = [&](picture_kind kind) {
    const auto k = static_cast<std::size_t>(kind);
    return count[k] == 0 ? 0 : bytes[k] / count[k];
  };
  return {8.0 * static_cast<double>(bytes[0] + bytes[1]) / seconds,
          mean(picture_kind::keyframe), mean(picture_kind::dependent)};
}

}  // namespace camherd::sim
