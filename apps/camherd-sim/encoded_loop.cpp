#include "apps/camherd-sim/encoded_loop.hpp"

#include <algorithm>
#include <cstdint>
#include <span>

namespace camherd::sim {
namespace {

bool is_parameter_set(video_codec codec, std::uint8_t header) {
  if (codec == video_codec::h264) {
    const int type = header & 0x1f;
    return type == 7 || type == 8;  // SPS, PPS: ITU-T H.264 table 7-1
  }
  const int type = header >> 1 & 0x3f;
  return type >= 32 && type <= 34;  // VPS, SPS, PPS: ITU-T H.265 table 7-1
}

/// Bytes of the length before each NAL unit, as the decoder configuration record in the caps
/// has it (ISO/IEC 14496-15); 0 if there is none.
std::size_t length_size_of(video_codec codec, GstCaps* caps) {
  const GValue* record = gst_structure_get_value(gst_caps_get_structure(caps, 0), "codec_data");
  if (record == nullptr) return 0;
  const gsize position = codec == video_codec::h264 ? 4 : 21;
  std::uint8_t byte = 0;
  if (gst_buffer_extract(gst_value_get_buffer(record), position, &byte, 1) != 1) return 0;
  return (byte & 3U) + 1;
}

/// The access unit without its parameter sets, sharing the memory of `unit`.
gst_ptr<GstBuffer> without_parameter_sets(video_codec codec, GstBuffer* unit,
                                          std::size_t length_size) {
  GstMapInfo map;
  if (!gst_buffer_map(unit, &map, GST_MAP_READ))
    return gst_ptr<GstBuffer>{gst_buffer_ref(unit)};
  const std::span<const std::uint8_t> bytes{map.data, map.size};
  gst_ptr<GstBuffer> kept{gst_buffer_new()};
  gst_buffer_copy_into(kept.get(), unit, GST_BUFFER_COPY_METADATA, 0, 0);
  for (std::size_t at = 0; at + length_size < bytes.size();) {
    std::size_t length = 0;
    for (const std::uint8_t byte : bytes.subspan(at, length_size)) length = length << 8 | byte;
    const std::size_t size = std::min(length_size + length, bytes.size() - at);
    if (!is_parameter_set(codec, bytes[at + length_size])) {
      gst_buffer_copy_into(kept.get(), unit, GST_BUFFER_COPY_MEMORY, at, size);
    }
    at += size;
  }
  gst_buffer_unmap(unit, &map);
  return kept;
}

}  // namespace

void strip_parameter_sets(encoded_loop& loop) {
  if (loop.codec == video_codec::mjpeg) return;
  const std::size_t length_size = length_size_of(loop.codec, loop.caps.get());
  if (length_size == 0) return;
  for (encoded_picture& picture : loop.pictures) {
    if (picture.kind != picture_kind::keyframe) continue;
    picture.buffer = without_parameter_sets(loop.codec, picture.buffer.get(), length_size);
  }
}

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
