#pragma once

#include "core/base/access_unit.hpp"
#include "core/media/decoder.hpp"
#include "core/media/ffmpeg/first_slice.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>

namespace camherd::ffmpeg {

/// What must be remembered of an access unit while the codec has it.
struct unit_record {
  enum class state : std::uint8_t { waiting, settled, gave_interlaced_frame };

  std::int64_t key = 0;  ///< goes through the codec as the packet's timestamp
  std::uint64_t sequence = 0;
  std::int64_t rtp_time = 0;
  std::uint32_t clock_rate = 0;
  mono_time received_at{};
  wall_time captured_at{};
  bool keyframe = false;
  bool reference = false;
  bool after_gap = false;
  bool orphan = false;   ///< a leading picture without what came before its keyframe
  bool corrupt = false;  ///< damaged itself, or predicted from something damaged or missing
  slice_kind slice = slice_kind::plain;
  state fate = state::waiting;
};

/// What was among the units that gave no frame.
struct losses {
  bool pictures = false;
  bool references = false;  ///< pictures that others, to come, may be predicted from

  losses& operator|=(const losses& other) noexcept {
    pictures |= other.pictures;
    references |= other.references;
    return *this;
  }
};

/// Keeps account of the access units given to a codec, so that each is reported exactly once
/// although codecs swallow units silently and give frames late. Keeps at most `longest_wait`
/// units and one more.
///
/// A unit without a frame is reported as:
/// - `on_merged` if it has no slice, or follows a unit whose frame was interlaced: then it was
/// the
///   second field of that frame;
/// - `awaiting_keyframe` if it is a leading picture;
/// - `corrupt` otherwise.
class unit_ledger {
 public:
  /// No codec holds a picture back for as many units as this.
  static constexpr std::int64_t longest_wait = 64;

  /// The record of `unit`, valid until the next call of `settle` or `settle_all`.
  unit_record& enter(const access_unit& unit, slice_kind slice);

  /// The unit with this key if its fate is still open, else null.
  [[nodiscard]] unit_record* find_waiting(std::int64_t key) noexcept;

  /// `unit` gave a frame, which the caller reports.
  void framed(unit_record& unit, unit_record::state fate) noexcept;

  /// Reports `unit` as discarded for `reason`.
  void discard(unit_record& unit, drop_reason reason, decode_listener& listener);

  /// Reports the oldest units that are still waiting until no more than `most` wait.
  losses settle(std::size_t most, decode_listener& listener);

  /// Reports every unit before `key` that is still waiting.
  losses settle_before(std::int64_t key, decode_listener& listener);

  /// Reports every unit that is still waiting and forgets all.
  losses settle_all(decode_listener& listener);

  [[nodiscard]] std::size_t waiting() const noexcept { return waiting_; }

 private:
  [[nodiscard]] bool is_second_field(const unit_record& unit) const noexcept;
  losses give_up(unit_record& unit, decode_listener& listener);
  void forget_settled();

  std::deque<unit_record> units_;  // consecutive keys
  std::int64_t next_key_ = 0;
  std::size_t waiting_ = 0;
};

}  // namespace camherd::ffmpeg
