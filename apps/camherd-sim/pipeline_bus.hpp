#pragma once

#include "apps/camherd-sim/gst_handles.hpp"
#include "core/base/result.hpp"

#include <string_view>

namespace camherd::sim {

/// True if GStreamer can make an element of this kind.
[[nodiscard]] bool has_element(std::string_view kind);

/// Waits until a running pipeline has reached its end or failed. Errors: `internal`, with the
/// element's own words.
[[nodiscard]] result<void> wait_for_end(GstElement* pipeline);

/// Why a pipeline failed: its first error message, or a general sentence if it left none.
[[nodiscard]] error failure_of(GstElement* pipeline);

}  // namespace camherd::sim
