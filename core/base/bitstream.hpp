#pragma once

#include "core/base/access_unit.hpp"

#include <cstdint>
#include <functional>
#include <span>

namespace camherd {

/// What the decode planner needs to know of one NAL unit, from its header alone.
enum class nal_role : std::uint8_t {
  parameter_set,     ///< SPS, PPS, VPS
  keyframe_slice,    ///< IDR (H.264); IRAP: IDR, CRA, BLA (H.265)
  reference_slice,   ///< slice of a picture that others may be predicted from
  disposable_slice,  ///< slice of a picture that no other needs
  other,             ///< delimiters, SEI, filler, unknown
};

/// Role of `nal` (without start code) in `codec` (h264 or h265); `other` if it is too short to
/// have a header. ITU-T H.264 section 7.4.1 (nal_ref_idc, nal_unit_type), H.265 section 7.4.2.2
/// table 7-1.
[[nodiscard]] nal_role role_of(video_codec codec, std::span<const std::uint8_t> nal) noexcept;

/// Calls `visit` with each NAL unit (without start code) of an Annex B byte stream, in order.
void for_each_nal(std::span<const std::uint8_t> annex_b,
                  const std::function<void(std::span<const std::uint8_t>)>& visit);

/// Sets `keyframe` and `reference` of `unit` from its NAL units; an MJPEG picture is always a
/// keyframe. An access unit without any slice is neither.
void classify(access_unit& unit);

}  // namespace camherd
