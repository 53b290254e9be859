#pragma once

#include "actors/status.hpp"
#include "apps/camherd/columns.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace camherd {

enum class colour : std::uint8_t { off, on };

/// The herd as a table, a line a camera: state, frames a second received and decoded, drops by
/// reason, latency from receipt to decoding, restarts, consumers, and why a camera is not well.
/// Cameras in trouble come first where not all fit. Every line fits `size.columns`; at most
/// `size.rows` lines.
[[nodiscard]] std::vector<std::string> render_status(const herd_status& status, table_size size,
                                                     colour colours);

}  // namespace camherd
