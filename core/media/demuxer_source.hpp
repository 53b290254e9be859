#pragma once

#include "core/base/camera_url.hpp"
#include "core/base/clock.hpp"
#include "core/base/source.hpp"

#include <chrono>
#include <memory>
#include <stop_token>

namespace camherd {

struct demuxer_options {
  bool loop = false;  ///< begin a file again at its end, with timestamps that go on
  bool paced = true;  ///< hand out a file's access units at the pace of its timestamps
  std::chrono::milliseconds open_timeout{15000};
  std::chrono::milliseconds read_timeout{10000};
  std::size_t max_access_unit_bytes = 16 * 1024 * 1024;
};

/// The time by which a file is paced; a parameter, so that a test plays an hour in no time.
class pacer {
 public:
  virtual ~pacer() = default;
  [[nodiscard]] virtual mono_time now() const noexcept = 0;
  /// Returns when it is `due`, or as soon as `cancel` is requested. Called on the reader
  /// thread.
  virtual void wait_until(mono_time due, std::stop_token cancel) = 0;
};

/// Reads any URL libavformat can open, on a thread of its own that can always be cancelled:
/// every call has a deadline and an interrupt callback. H.264 and H.265 come out as Annex B
/// access units, received when they are handed out.
///
/// Schemes: file, http, https, rtmp, rtmps, rtmpt, srt, udp, rtp, tcp. Each may open only the
/// protocols it is made of, so a playlist from the network cannot read local files, and no URL
/// reaches libavformat's virtual protocols (concat, subfile, pipe and the like).
///
/// Ends with `unsupported` for another scheme, container or codec, `invalid_argument` for a
/// file that cannot be opened, `authentication` for refused credentials, `corrupt` for bytes
/// that are no video, `retry` for trouble of the network or a deadline passed, and
/// `end_of_stream` at the end of the stream or after `stop`.
///
/// A reader that does not return within 500 ms of `stop`, because a system call hangs, is cut
/// off: `on_ended` is called from another thread, and the reader is left behind and counted.
/// What waits those 500 ms is a thread that `stop` starts and that ends with the reader, so
/// that neither `stop` nor anybody else has to.
///
/// `pace` is the machine's own time unless given.
[[nodiscard]] source_ptr make_demuxer_source(camera_url url, demuxer_options options,
                                             std::shared_ptr<source_listener> listener,
                                             std::shared_ptr<pacer> pace = nullptr);

/// Reader threads that were cut off and have not returned yet. With any left, a process must
/// end without running destructors of globals. Any thread.
[[nodiscard]] std::size_t abandoned_readers() noexcept;

}  // namespace camherd
