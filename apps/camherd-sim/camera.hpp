#pragma once

#include "apps/camherd-sim/encoded_loop.hpp"
#include "core/base/clock.hpp"
#include "core/base/sent_log.hpp"

#include <gst/app/gstappsrc.h>

#include <cstdint>
#include <mutex>

namespace camherd::sim {

/// One simulated camera: its place in the loop and, while somebody watches, the appsrc that
/// feeds its RTSP media. The first picture of a media is pushed when the media is prepared
/// (DESCRIBE), because the server answers only once it has seen one; it is kept there until
/// PLAY, and so long the camera stands still, so that no picture between is missing. Thread
/// safe: the broadcaster ticks, threads of the RTSP server attach, play and detach.
class camera {
 public:
  /// `loop` and `log` (may be null) outlive the camera. `epoch` is time zero of the pipelines.
  camera(const encoded_loop& loop, play_head head, std::uint32_t number, sent_log_writer* log,
         mono_time epoch);

  /// A media was made, whose appsrc is `source`.
  void attach(GstAppSrc* source);

  /// `source` can take data for the first time: it gets the picture of the moment.
  void prepare(GstAppSrc* source);

  /// Clients receive from now on, or none does.
  void play();
  void pause();

  /// `source` is gone. Any other than the present one is ignored.
  void detach(const GstAppSrc* source);

  /// Sends what is due and returns when to be called again.
  [[nodiscard]] mono_time tick(mono_time now);

  [[nodiscard]] mono_time due() const;

  /// Pictures left out because the media did not take them in time.
  [[nodiscard]] std::uint64_t skipped() const;

 private:
  enum class feed_state : std::uint8_t {
    idle,      // nobody watches; the camera goes on
    attached,  // a media exists, and has no picture yet
    held,      // the media holds a picture until PLAY
    playing,
  };

  void push(std::size_t picture, mono_time due, mono_time now);
  [[nodiscard]] bool has_room() const;

  const encoded_loop& loop_;
  const std::uint32_t number_;
  sent_log_writer* const log_;
  const mono_time epoch_;

  mutable std::mutex mutex_;
  play_head head_;
  feed_state state_ = feed_state::idle;
  gst_ptr<GstElement> source_;
  bool awaiting_keyframe_ = false;  // a picture was skipped since
  std::uint64_t skipped_ = 0;
};

}  // namespace camherd::sim
