#pragma once

#include "core/base/latency_histogram.hpp"
#include "core/base/names.hpp"
#include "core/frame/frame_sink.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdint>

namespace camherd {

/// Counts as the report and the HTTP API write them, with the same keys in both.
[[nodiscard]] nlohmann::ordered_json by_reason(
    const std::array<std::uint64_t, drop_reason_count>& counts);
[[nodiscard]] nlohmann::ordered_json by_cause(
    const std::array<std::uint64_t, restart_cause_count>& counts);
[[nodiscard]] nlohmann::ordered_json delivery_json(const delivery_counts& delivery);

/// Milliseconds: p50, p99 and max.
[[nodiscard]] nlohmann::ordered_json latency_json(const latency_histogram& latency);

}  // namespace camherd
