#pragma once

#include "core/base/access_unit.hpp"

#include <cstddef>
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

[[nodiscard]] constexpr bool is_slice(nal_role role) noexcept {
  return role == nal_role::keyframe_slice || role == nal_role::reference_slice ||
         role == nal_role::disposable_slice;
}

/// Bytes of a NAL unit header: 1 (H.264), 2 (H.265).
[[nodiscard]] constexpr std::size_t nal_header_size(video_codec codec) noexcept {
  return codec == video_codec::h265 ? 2 : 1;
}

/// Whether `nal` has a header that may stand in a byte stream: long enough, forbidden_zero_bit
/// 0, a temporal id (H.265), and a type that is neither 0 (H.264) nor one that RTP payload
/// formats use for themselves.
[[nodiscard]] bool has_valid_header(video_codec codec,
                                    std::span<const std::uint8_t> nal) noexcept;

/// Whether `nal` is a delimiter or filler, which no decoder needs.
[[nodiscard]] bool is_delimiter_or_filler(video_codec codec,
                                          std::span<const std::uint8_t> nal) noexcept;

/// Whether the slice `nal` is the first of its picture: first_mb_in_slice is 0 (H.264 section
/// 7.4.3), first_slice_segment_in_pic_flag is set (H.265 section 7.4.7.1). Needs one byte after
/// the header; false without.
[[nodiscard]] bool begins_picture(video_codec codec,
                                  std::span<const std::uint8_t> nal) noexcept;

/// Whether `nal` is an H.264 SEI that promises a correct picture at once (recovery point with
/// recovery_frame_cnt 0, section D.2.8). Intra slices after it are a keyframe although they are
/// no IDR. Gradual refresh (a count above 0) is smeared until it is complete and counts as no
/// keyframe.
[[nodiscard]] bool is_instant_recovery_point(video_codec codec,
                                             std::span<const std::uint8_t> nal) noexcept;

/// Position of the first start code prefix (00 00 01) in `bytes`; their number if there is
/// none.
[[nodiscard]] std::size_t find_start_code(std::span<const std::uint8_t> bytes) noexcept;

/// Calls `visit` with each NAL unit (without start code) of an Annex B byte stream, in order.
void for_each_nal(std::span<const std::uint8_t> annex_b,
                  const std::function<void(std::span<const std::uint8_t>)>& visit);

/// Sets `keyframe` and `reference` of `unit` from its NAL units; an MJPEG picture is always a
/// keyframe. An access unit without any slice is neither. Intra pictures of H.264 behind an
/// instant recovery point are keyframes.
void classify(access_unit& unit);

}  // namespace camherd
