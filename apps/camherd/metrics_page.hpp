#pragma once

#include "actors/status.hpp"
#include "apps/camherd/process_usage.hpp"
#include "apps/camherd/reload_outcome.hpp"

#include <string>

namespace camherd {

/// The Content-Type of the page.
inline constexpr const char* metrics_content_type = "text/plain; version=0.0.4; charset=utf-8";

/// Everything that camherd measures in Prometheus' text format, version 0.0.4;
/// docs/ref/metrics.md explains each metric. The page is as old as `status`. About 9 kB and
/// five microseconds a camera.
[[nodiscard]] std::string render_metrics(const herd_status& status, const process_usage& usage,
                                         const reload_outcome& reload);

}  // namespace camherd
