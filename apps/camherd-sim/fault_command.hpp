#pragma once

#include "apps/camherd-sim/options.hpp"
#include "core/base/result.hpp"

#include <cstdint>

namespace camherd::sim {

enum class list_form : std::uint8_t { table, page, json };

/// Writes the faults to standard output.
void list_faults(list_form form);

/// Serves a camera with the fault `o.fault` on loopback until SIGINT or SIGTERM. `gst_init` was
/// called, and no thread has been started. Errors: `invalid_argument` if there is no such
/// fault, `internal` if it cannot be served.
[[nodiscard]] result<void> serve_fault(const options& o);

}  // namespace camherd::sim
