#pragma once

#include "apps/camherd-sim/options.hpp"
#include "core/base/result.hpp"

namespace camherd::sim {

/// Serves `o.cameras` good cameras on loopback that take on faults while it runs, until the end
/// of standard input, SIGINT or SIGTERM. It writes `camera N URL` for each, then `ready`, and
/// answers each line that it reads:
///
/// - `N FAULT`: camera N has that fault from now on. `N begun FAULT CLIP...`, with the files in
///   `o.stage` of all that it may show; or `N unfit FAULT: why`, and it stays as it was.
/// - `N good`: camera N is good again. `N good`.
///
/// A camera that takes on a fault is a new one at the old address, so its clients are cut off.
/// `gst_init` was called, and no thread has been started. Errors: `internal` if it cannot be
/// served.
[[nodiscard]] result<void> serve_stage(const options& o);

}  // namespace camherd::sim
