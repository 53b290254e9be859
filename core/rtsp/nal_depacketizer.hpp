#pragma once

#include "core/base/bitstream.hpp"
#include "core/rtsp/parameter_set_cache.hpp"
#include "core/rtsp/unit_depacketizer.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace camherd::rtsp {

/// What H.264 and H.265 share: NAL units, whole or in fragments, become access units in Annex B
/// form, led by parameter sets where needed.
class nal_depacketizer : public unit_depacketizer {
 protected:
  /// One of the packets a NAL unit is spread over (FU-A of RFC 6184 section 5.8, FU of RFC 7798
  /// section 4.4.3).
  struct fragment {
    std::array<std::uint8_t, 2> header{};  ///< of the NAL unit; H.264 uses the first byte
    bool start = false;
    bool end = false;
    std::span<const std::uint8_t> payload;  ///< after the header
  };

  nal_depacketizer(video_codec codec, std::uint32_t clock_rate,
                   std::span<const std::uint8_t> parameter_sets, depacketizer_limits limits);

  /// A packet begins that holds whole NAL units: an open fragment gets no end any more.
  result<void> end_fragments();
  result<void> take_nal(std::span<const std::uint8_t> nal);
  /// Whole NAL units, each behind its 16-bit size.
  result<void> take_aggregate(std::span<const std::uint8_t> payload);
  result<void> take_fragment(const fragment& part);
  /// The picture lacks something. Returns the error.
  [[nodiscard]] error damaged_by(error_kind kind, const char* what);

 private:
  enum class fragment_state : unsigned char {
    none,
    open,
    skipping,  // the start is lost; what follows is no news
  };

  /// The parameter sets an access unit begins with.
  enum class lead : unsigned char { none, new_sets, all_sets };

  [[nodiscard]] bool must_begin_unit(std::span<const std::uint8_t>) const final {
    return false;
  }
  [[nodiscard]] bool in_fragment() const noexcept final {
    return state_ == fragment_state::open;
  }
  void end_fragment() final;
  void lose_fragment() final;
  void complete(access_unit& unit) final;
  void unit_begins() final;

  result<void> take_slice(std::span<const std::uint8_t> nal);
  result<void> take_each_nal(std::span<const std::uint8_t> nals);
  result<void> take_parameter_set(std::span<const std::uint8_t> nal);
  result<void> begin_fragment(const fragment& part);
  result<void> finish_fragment();
  [[nodiscard]] unsigned type_of(const fragment& part) const noexcept;
  /// `start` holds the header and, of a slice, a byte more. False if the unit was given up.
  bool begin_nal(std::span<const std::uint8_t> start);
  bool lead_with_parameter_sets();
  void keep_slice();

  video_codec codec_;
  parameter_set_cache sets_;

  fragment_state state_ = fragment_state::skipping;
  unsigned fragment_type_ = 0;  // of the NAL unit that is open

  // The NAL unit that is being appended.
  nal_role role_ = nal_role::other;
  std::size_t nal_begin_ = 0;  // of its start code

  // The open unit.
  lead lead_ = lead::none;
  bool keyframe_ = false;
  bool reference_ = false;
  bool recovery_point_ = false;
};

}  // namespace camherd::rtsp
