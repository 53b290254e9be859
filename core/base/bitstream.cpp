#include "core/base/bitstream.hpp"

#include "core/base/bit_reader.hpp"

#include <cstring>

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

// slice_type of H.264 section 7.4.3, table 7-6: I and SI.
bool is_intra_slice_h264(std::span<const std::uint8_t> nal) noexcept {
  bit_reader reader{nal.subspan(1)};
  reader.exp_golomb();  // first_mb_in_slice
  const auto type = reader.exp_golomb() % 5;
  return !reader.failed() && (type == 2 || type == 4);
}

std::uint32_t read_sei_number(bit_reader& reader) noexcept {
  std::uint32_t value = 0;
  std::uint32_t byte = 0;
  do {
    byte = reader.bits(8);
    value += byte;
  } while (byte == 0xff && !reader.failed());
  return value;
}

}  // namespace

nal_role role_of(video_codec codec, std::span<const std::uint8_t> nal) noexcept {
  if (codec == video_codec::h264 && !nal.empty()) return role_of_h264(nal[0]);
  if (codec == video_codec::h265 && nal.size() >= 2) return role_of_h265(nal[0]);
  return nal_role::other;
}

bool has_valid_header(video_codec codec, std::span<const std::uint8_t> nal) noexcept {
  if (nal.size() < nal_header_size(codec) || (nal[0] & 0x80) != 0) return false;
  if (codec == video_codec::h264) {
    const auto type = nal[0] & 0x1f;
    return type >= 1 && type <= 23;
  }
  return (nal[0] >> 1) < 48 && (nal[1] & 0x07) != 0;
}

bool is_delimiter_or_filler(video_codec codec, std::span<const std::uint8_t> nal) noexcept {
  if (nal.empty()) return false;
  if (codec == video_codec::h264) {
    const auto type = nal[0] & 0x1f;
    return type == 9 || type == 12;
  }
  const auto type = nal[0] >> 1 & 0x3f;
  return type == 35 || type == 38;
}

bool begins_picture(video_codec codec, std::span<const std::uint8_t> nal) noexcept {
  // ue(v) is 0 exactly when its first bit is set.
  const auto position = nal_header_size(codec);
  return nal.size() > position && (nal[position] & 0x80) != 0;
}

bool is_instant_recovery_point(video_codec codec, std::span<const std::uint8_t> nal) noexcept {
  static constexpr std::uint32_t recovery_point = 6;
  if (codec != video_codec::h264 || nal.empty() || (nal[0] & 0x1f) != 6) return false;
  bit_reader reader{nal.subspan(1)};
  while (!reader.failed()) {
    const auto type = read_sei_number(reader);
    const auto size = read_sei_number(reader);
    if (type == recovery_point) return reader.exp_golomb() == 0 && !reader.failed();
    reader.skip_bytes(size);
  }
  return false;
}

std::size_t find_start_code(std::span<const std::uint8_t> bytes) noexcept {
  const auto* const begin = bytes.data();
  // The 1 of the prefix is the rarest of its bytes, and memchr is the fastest way to it.
  for (std::size_t at = 2; at < bytes.size(); ++at) {
    const auto* const one =
        static_cast<const std::uint8_t*>(std::memchr(begin + at, 1, bytes.size() - at));
    if (one == nullptr) break;
    if (one[-1] == 0 && one[-2] == 0) return static_cast<std::size_t>(one - begin) - 2;
    at = static_cast<std::size_t>(one - begin);
  }
  return bytes.size();
}

void for_each_nal(std::span<const std::uint8_t> annex_b,
                  const std::function<void(std::span<const std::uint8_t>)>& visit) {
  auto rest = annex_b.subspan(find_start_code(annex_b));
  while (!rest.empty()) {
    rest = rest.subspan(3);
    const auto next = find_start_code(rest);
    auto last = next;
    // A four-byte start code, and trailing zero bytes, belong to no NAL unit.
    while (last > 0 && rest[last - 1] == 0) --last;
    if (last > 0) visit(rest.first(last));
    rest = rest.subspan(next);
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
  bool recovery_point = false;
  bool any_slice = false;
  bool all_intra = true;
  for_each_nal(unit.payload.bytes(), [&](std::span<const std::uint8_t> nal) {
    const auto role = role_of(unit.codec, nal);
    if (is_slice(role)) {
      any_slice = true;
      if (recovery_point) all_intra = all_intra && is_intra_slice_h264(nal);
      unit.keyframe |= role == nal_role::keyframe_slice;
      unit.reference |= role != nal_role::disposable_slice;
    } else if (role == nal_role::other && !any_slice && !recovery_point) {
      recovery_point = is_instant_recovery_point(unit.codec, nal);
    }
  });
  unit.keyframe |= recovery_point && any_slice && all_intra;
}

}  // namespace camherd
