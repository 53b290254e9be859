#pragma once

#include "core/base/camera_url.hpp"
#include "core/base/source.hpp"

#include <chrono>
#include <memory>

namespace camherd {

struct demuxer_options {
  bool loop = false;  ///< begin a file again at its end
  bool paced = true;  ///< hand out a file's access units at the pace of its timestamps
  std::chrono::milliseconds open_timeout{15000};
  std::chrono::milliseconds read_timeout{10000};
  std::size_t max_access_unit_bytes = 16 * 1024 * 1024;
};

/// Reads any URL libavformat can open, on a thread of its own that can always be cancelled:
/// every call has a deadline and an interrupt callback. H.264 and H.265 come out as Annex B
/// access units. A reader that does not return within 500 ms of `stop` is cut off: `on_ended`
/// is called from elsewhere, and the thread is left behind and counted.
[[nodiscard]] source_ptr make_demuxer_source(camera_url url, demuxer_options options,
                                             std::shared_ptr<source_listener> listener);

/// Reader threads that were cut off and have not returned yet. With any left, a process must
/// end without running destructors of globals.
[[nodiscard]] std::size_t abandoned_readers() noexcept;

}  // namespace camherd
