#pragma once

#include "core/base/access_unit.hpp"
#include "core/frame/decode_pressure.hpp"
#include "core/frame/flow_ledger.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>

namespace camherd {

struct au_queue_limits {
  std::size_t max_units = 8;
  std::chrono::milliseconds max_age{500};
};

/// What becomes of the units that are taken out of a queue.
enum class unit_use : unsigned char {
  decoding,
  keeping,  ///< nobody asks for pictures: they are put aside, which takes no time
};

/// The dropping mailbox of one camera: access units between the thread that receives them and
/// the actor that decodes them. Bounded by `max_units`; on overflow it drops access units that
/// no other needs, then everything up to the next keyframe. A unit that waited longer than
/// `max_age` is dropped as stale when it is taken; under a lasting overload, one that waited
/// longer than `max_age_under_overload`. Every drop is entered in the ledger. Never blocks its
/// producer beyond a short lock; holds no timer.
///
/// One wake-up at a time: `push` returns true when the consumer must be told to call `pop`, and
/// not again until `pop` or `rest` has found the queue empty.
class au_queue {
 public:
  static constexpr std::chrono::milliseconds max_age_under_overload{120};

  au_queue(au_queue_limits limits, std::shared_ptr<flow_ledger> ledger,
           std::shared_ptr<decode_pressure> pressure = std::make_shared<decode_pressure>());

  /// Enters what is left as `stale`.
  ~au_queue();

  au_queue(const au_queue&) = delete;
  au_queue& operator=(const au_queue&) = delete;

  /// Enters `unit` as received and keeps it or drops something. True: send one wake-up.
  [[nodiscard]] bool push(access_unit unit);

  /// The oldest unit that is still worth decoding; it stays in flight until the taker enters
  /// its fate in the ledger. Nothing (and the next `push` wakes again) when the queue is empty.
  [[nodiscard]] std::optional<access_unit> pop(mono_time now,
                                               unit_use use = unit_use::decoding);

  /// True if other cameras should have the worker first, and the taker should come again behind
  /// them: under overload, when the next unit is a keyframe and this camera had a greater share
  /// of its pictures decoded than others. At most three times for each keyframe.
  [[nodiscard]] bool gives_way(mono_time now);

  /// True if nothing waits, and then the next `push` wakes again: spares the taker of the last
  /// unit another call of `pop`.
  [[nodiscard]] bool rest();

  [[nodiscard]] std::size_t size() const;

  /// Drops what waits, as after the end of a session, and forgets that a keyframe was awaited.
  void clear(drop_reason reason);

 private:
  void make_room(const access_unit& incoming);
  void drop(drop_reason reason, std::size_t count = 1);
  void drop_front(std::size_t count, drop_reason reason);
  void drop_stale(mono_time now, mono_time::duration max_age);
  void share_in(double used) { share_ += (used - share_) / share_memory; }
  [[nodiscard]] std::optional<std::size_t> find_keyframe(std::size_t from) const;

  const au_queue_limits limits_;
  // Shared with whoever counts: the queue is one of several places that enter drops.
  const std::shared_ptr<flow_ledger> ledger_;
  // Shared with the queues of all other cameras.
  const std::shared_ptr<decode_pressure> pressure_;
  mutable std::mutex mutex_;
  std::deque<access_unit> units_;  // at most limits_.max_units; overflow as said above
  bool armed_ = true;              // the next push sends the wake-up
  bool awaiting_keyframe_ =
      false;             // a reference was dropped at the tail: what follows cannot be decoded
  bool broken_ = false;  // a reference was dropped behind the last keyframe in the queue
  double share_ = 1;     // of the units received lately that were taken
  int ways_given_ = 0;   // for the keyframe in front
};

}  // namespace camherd
