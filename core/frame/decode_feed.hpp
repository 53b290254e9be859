#pragma once

#include "core/base/access_unit.hpp"
#include "core/frame/decode_plan.hpp"
#include "core/frame/flow_ledger.hpp"
#include "core/frame/idle_buffer.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace camherd {

/// A unit to be decoded now.
struct decode_order {
  access_unit unit;
  bool publish = true;   ///< false: it is decoded only because others depend on it
  bool damaged = false;  ///< the picture may be wrong though the decoder sees no error
};

/// What became of an access unit.
enum class unit_fate : std::uint8_t {
  to_decode,
  dropped,
  kept,
  overflowed,  ///< dropped with all that was kept, which was too much
};

/// Between a camera's queue and its decoder: drops or keeps the access units that nobody wants,
/// and catches up with the kept ones when somebody does. They are then decoded in order, the
/// newest of them is published, and units offered meanwhile join them, so that the picture is a
/// current one however long it took. Enters the fate of every unit that it does not hand out.
/// One thread at a time.
class decode_feed {
 public:
  decode_feed(damage_policy damage, std::size_t max_kept_bytes,
              std::shared_ptr<flow_ledger> ledger);

  /// Begins to catch up if `wanted` asks for pictures that are kept. Where only keyframes are
  /// wanted, that is the newest keyframe alone.
  void set_demand(const demand& wanted);
  [[nodiscard]] const demand& wanted() const noexcept { return plan_.wanted(); }

  /// False while kept units must be taken before another is offered.
  [[nodiscard]] bool takes_more() const noexcept;

  /// Judges the units of a session in order, each once. `take` must follow.
  [[nodiscard]] unit_fate offer(access_unit unit);

  /// The next unit to decode; nothing when nothing is due.
  [[nodiscard]] std::optional<decode_order> take();

  [[nodiscard]] bool catches_up() const noexcept { return goal_ != goal::none; }

  /// A unit that was handed out was lost after all: what depends on it waits for a keyframe.
  void lost_reference();

  /// True while units are dropped because a picture they depend on is missing.
  [[nodiscard]] bool waits_for_keyframe() const noexcept { return plan_.waits_for_keyframe(); }

  /// The session is over: what is kept is dropped as `stale`.
  void end_session();

 private:
  /// What kept units are taken for.
  enum class goal : std::uint8_t { none, keyframe, newest };

  void begin(goal g);

  const std::size_t max_kept_bytes_;
  // Shared with the queue and the camera, which enter drops as well.
  const std::shared_ptr<flow_ledger> ledger_;
  decode_plan plan_;
  idle_buffer kept_;
  goal goal_ = goal::none;
  // Units that may still join: a camera that cannot be decoded in time must come to an end.
  std::size_t may_join_ = 0;
  std::optional<decode_order> offered_;
};

}  // namespace camherd
