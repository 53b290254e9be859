#pragma once

#include "config/config.hpp"
#include "core/base/source.hpp"

#include <memory>

namespace camherd {

namespace rtsp {
class io_pool;
}

/// The source for one session of `camera`: our own RTSP client for rtsp and rtsps, libavformat
/// for every other URL. `io` must outlive it.
[[nodiscard]] source_ptr open_source(rtsp::io_pool& io, const camera_config& camera,
                                     std::shared_ptr<source_listener> listener);

}  // namespace camherd
