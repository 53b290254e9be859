#include "core/base/bitstream.hpp"

#include <algorithm>

namespace camherd {
namespace {

nal_role role_of_h264(std::uint8_t header) noexcept {
  const auto type = header & 0x1f;
  const bool reference = (header & 0x60) != 0;
  switch (type) {
    case 1:
    case 2:
    case 3:
    case 4:
      return reference ? nal_role::reference_slice : nal_role::disposable_slice;
    case 5:
      return nal_role::keyframe_slice;
    case 7:
    case 8:
    case 13:
    case 15:
      return nal_role::parameter_set;
    default:
      return nal_role::other;
  }
}

nal_role role_of_h265(std::uint8_t header) noexcept {
  const auto type = (header >> 1) & 0x3f;
  if (type >= 32 && type <= 34) return nal_role::parameter_set;
  if (type >= 16 && type <= 23) return nal_role::keyframe_slice;
  // Types 0, 2, .. 14 are sub-layer non-reference pictures, 1, 3, .. 15 reference pictures.
  if (type <= 15) return type % 2 == 1 ? nal_role::reference_slice : nal_role::disposable_slice;
  return nal_role::other;
}

}  // namespace

nal_role role_of(video_codec codec, std::span<const std::uint8_t> nal) noexcept {
  if (codec == video_codec::h264 && !nal.empty()) return role_of_h264(nal[0]);
  if (codec == video_codec::h265 && nal.size() >= 2) return role_of_h265(nal[0]);
  return nal_role::other;
}

void for_each_nal(std::span<const std::uint8_t> annex_b,
                  const std::function<void(std::span<const std::uint8_t>)>& visit) {
  static constexpr std::uint8_t start_code[] = {0, 0, 1};
  const auto end = annex_b.end();
  auto begin = std::search(annex_b.begin(), end, std::begin(start_code), std::end(start_code));
  while (begin != end) {
    begin += 3;
    const auto next = std::search(begin, end, std::begin(start_code), std::end(start_code));
    auto last = next;
    // A four-byte start code, and trailing zero bytes, belong to no NAL unit.
    while (last != begin && *(last - 1) == 0) --last;
    if (last != begin) visit({begin, last});
    begin = next;
  }
}

void classify(access_unit& unit) {
  if (unit.codec == video_codec::mjpeg) {
    unit.keyframe = true;
    unit.reference = false;
    return;
  }
  unit.keyframe = false;
  unit.reference = false;
  for_each_nal(unit.payload.bytes(), [&](std::span<const std::uint8_t> nal) {
    const auto role = role_of(unit.codec, nal);
    unit.keyframe |= role == nal_role::keyframe_slice;
    unit.reference |= role == nal_role::keyframe_slice || role == nal_role::reference_slice;
  });
}

}  // namespace camherd
