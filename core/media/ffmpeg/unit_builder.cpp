#include "core/media/ffmpeg/unit_builder.hpp"

#include "core/base/bitstream.hpp"

#include <iterator>
#include <utility>

namespace camherd::ffmpeg {
namespace {

constexpr std::uint8_t start_code[] = {0, 0, 0, 1};

bool is_sequence_parameter_set(video_codec codec, std::span<const std::uint8_t> nal) {
  return codec == video_codec::h264 ? (nal[0] & 0x1f) == 7 : (nal[0] >> 1 & 0x3f) == 33;
}

}  // namespace

unit_builder::unit_builder(video_codec codec, std::span<const std::uint8_t> parameter_sets)
    : codec_{codec}, parameter_sets_{parameter_sets.begin(), parameter_sets.end()} {}

access_unit unit_builder::build(std::span<const std::uint8_t> packet) {
  access_unit unit;
  unit.codec = codec_;
  unit.payload.reserve(packet.size() + parameter_sets_.size() + 64);
  if (codec_ == video_codec::mjpeg) {
    unit.payload.append(packet);
    classify(unit);
    return unit;
  }
  for_each_nal(packet, [&](std::span<const std::uint8_t> nal) {
    unit.payload.append(start_code);
    unit.payload.append(nal);
  });
  classify(unit);
  if (!take_parameter_sets(unit) && unit.keyframe) unit.payload.prepend(parameter_sets_);
  return unit;
}

bool unit_builder::take_parameter_sets(const access_unit& unit) {
  std::vector<std::uint8_t> sets;
  bool complete = false;
  for_each_nal(unit.payload.bytes(), [&](std::span<const std::uint8_t> nal) {
    if (role_of(codec_, nal) != nal_role::parameter_set) return;
    complete |= is_sequence_parameter_set(codec_, nal);
    sets.insert(sets.end(), std::begin(start_code), std::end(start_code));
    sets.insert(sets.end(), nal.begin(), nal.end());
  });
  if (complete) parameter_sets_ = std::move(sets);
  return complete;
}

}  // namespace camherd::ffmpeg
