#pragma once

#include "core/base/access_unit.hpp"
#include "core/base/clock.hpp"
#include "core/base/names.hpp"
#include "core/frame/demand.hpp"
#include "core/frame/rate_schedule.hpp"

#include <cstdint>
#include <optional>

namespace camherd {

/// What a plan does with pictures that may be damaged.
enum class damage_policy : std::uint8_t { withhold, flag };

enum class decode_action : std::uint8_t {
  decode,  ///< decode it
  drop,    ///< drop it, for the reason given
  keep,    ///< not wanted now: keep it until the next keyframe, it may be wanted
};

/// What to do with one access unit.
struct decode_verdict {
  decode_action action = decode_action::decode;
  /// Of a drop; of a keep, for the drop when a keyframe makes the unit useless.
  drop_reason reason = drop_reason::rate_limit;
  bool publish =
      true;  ///< of a decode: false when it is decoded only because others depend on it
  /// Unless dropped: the picture may be wrong though the decoder sees no error.
  bool damaged = false;
  /// Of a keyframe: others may need units before it that were not decoded.
  bool after_undecoded = false;
};

/// Decides which access units of one camera are decoded: the least that serves the demand, and
/// nothing that would come out damaged.
///
/// With a frame rate below the stream's, a picture is due when its turn on an even schedule has
/// come. Pictures before it are decoded only if it depends on them; once a due picture is out,
/// and the next keyframe is expected before the next turn, everything up to that keyframe is
/// left undecoded. The distance between keyframes is learned from the stream and believed when
/// two in a row agree.
///
/// What is left undecoded though it could be decoded is to be kept, and so is everything behind
/// it up to the next keyframe: whoever asks for more can have the newest picture.
class decode_plan {
 public:
  explicit decode_plan(damage_policy damage) : damage_{damage} {}

  void set_demand(demand wanted);
  [[nodiscard]] const demand& wanted() const noexcept { return demand_; }

  /// Judges the units of a session in order, each once.
  [[nodiscard]] decode_verdict judge(const access_unit& unit);

  /// A unit judged `decode` was lost after all: what depends on it waits for a keyframe.
  void lost_reference();

  /// The kept units were lost: what depends on them is dropped for the reason `after` up to the
  /// next keyframe, and waits for that as soon as more is asked for.
  void lost_kept(drop_reason after);

  /// `kept` is published after all: it had its turn.
  void published(const access_unit& kept) { schedule_.taken(kept.received_at); }

  /// Every kept unit is decoded: what follows can be as well.
  void caught_up() { keeping_ = false; }

  /// True while units are dropped because a picture they depend on is missing.
  [[nodiscard]] bool waits_for_keyframe() const noexcept {
    return !chain_ && chain_break_ == drop_reason::awaiting_keyframe;
  }

  /// A new session begins: nothing can be decoded before its first keyframe.
  void restart();

 private:
  using seconds = rate_schedule::seconds;

  [[nodiscard]] decode_verdict judge_rate(const access_unit& unit);
  [[nodiscard]] decode_verdict judge_wanted(const access_unit& unit);
  [[nodiscard]] decode_verdict pass_over(drop_reason reason);
  [[nodiscard]] decode_verdict break_chain(drop_reason now);
  [[nodiscard]] bool keyframe_comes_first() const;
  void learn(const access_unit& unit);

  damage_policy damage_;
  demand demand_;

  bool chain_ = false;    // every reference since the last keyframe was decoded or kept
  bool keeping_ = false;  // some of it was kept, so the rest cannot be decoded without that
  bool tainted_ = false;  // policy flag: decoded pictures depend on something damaged
  drop_reason chain_break_ = drop_reason::awaiting_keyframe;

  rate_schedule schedule_{0};
  std::optional<mono_time> last_keyframe_;
  seconds last_keyframe_interval_{0};
  seconds keyframe_interval_{0};  // 0 while not to be relied on
};

}  // namespace camherd
