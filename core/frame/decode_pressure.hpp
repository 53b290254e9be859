#pragma once

#include "core/base/clock.hpp"

#include <chrono>
#include <cstddef>
#include <mutex>

namespace camherd {

/// Whether the workers that decode have more to do than they can, and what share of the
/// pictures they manage: what the queues of all cameras go by when they drop. One for all
/// cameras that are decoded by the same workers; `docs/design/overload.md` says why it judges
/// as it does. Any thread.
class decode_pressure {
 public:
  /// A picture for which a worker had time so soon has not waited.
  static constexpr std::chrono::milliseconds on_time{40};

  enum class level : unsigned char {
    none,
    bursts,   ///< pictures were lost, but there are times when nothing waits
    lasting,  ///< everything waits all the time: waiting longer saves no picture
  };

  explicit decode_pressure(unsigned workers = 1) : workers_{workers} {}

  /// Something that decodes has come or gone.
  void join();
  void leave();

  /// A picture has a worker `now`, and waited that long for it.
  void waited(mono_time::duration wait, mono_time now);

  /// A picture was dropped for its age.
  void made_stale(mono_time now);

  /// A worker was busy that long, until `now`.
  void worked(mono_time::duration time, mono_time now);

  /// A picture was given to a decoder, or dropped.
  void used();
  void dropped();

  /// `lasting` begins when nothing was on time for three seconds, `bursts` when a picture was
  /// dropped for its age. Each ends ten seconds after that was so; `lasting` goes on for as
  /// long as the workers are busy besides.
  [[nodiscard]] level current(mono_time now) const;

  /// The part of the pictures of all cameras that was used lately, from 0 to 1.
  [[nodiscard]] double share() const;

 private:
  void count(double used);

  const unsigned workers_;
  mutable std::mutex mutex_;
  std::size_t members_ = 0;
  double share_ = 1;
  int late_in_a_row_ = 0;
  mono_time first_late_{};
  mono_time lasting_until_ = mono_time::min();
  mono_time bursts_until_ = mono_time::min();
  mono_time window_began_{};
  mono_time::duration busy_in_window_{};
};

/// Lately: how fast the share of one camera follows its pictures.
inline constexpr double share_memory = 64;  // pictures

}  // namespace camherd
