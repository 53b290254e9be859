#pragma once

#include "apps/camherd/watched_camera.hpp"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <string>

namespace camherd::cli {

/// The words above the columns of `watch_line`.
[[nodiscard]] std::string watch_heading();

/// What was seen of a camera in `span`, in columns.
[[nodiscard]] std::string watch_line(const watched_camera& camera, const watch_figures& seen,
                                     std::chrono::nanoseconds span);

/// The same as docs/ref/cli.md describes it for scripts.
[[nodiscard]] nlohmann::ordered_json watch_json(const watched_camera& camera,
                                                const watch_figures& seen,
                                                std::chrono::nanoseconds span);

}  // namespace camherd::cli
