#pragma once

#include "actors/status.hpp"
#include "apps/camherd/process_usage.hpp"
#include "core/base/clock.hpp"
#include "core/base/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace camherd {

/// The report of a run that ended at `ended_at`, in the shape docs/ref/report.md fixes. `fps`
/// counts published frames from a camera's first frame to the end of the run.
[[nodiscard]] nlohmann::ordered_json make_report(const herd_status& status,
                                                 const process_usage& usage,
                                                 mono_time ended_at);

/// Writes `report` to `path`, whole or not at all; "-" is standard output. Errors:
/// as `write_whole_file`.
[[nodiscard]] result<void> write_report(const nlohmann::ordered_json& report,
                                        const std::string& path);

}  // namespace camherd
