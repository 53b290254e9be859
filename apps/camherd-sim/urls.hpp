#pragma once

#include "apps/camherd-sim/options.hpp"
#include "core/base/result.hpp"

#include <cstdint>
#include <string>

namespace camherd::sim {

/// The URL of camera `number` for people and logs: no credentials. A wildcard address becomes
/// loopback.
[[nodiscard]] std::string public_url(const options& o, std::uint16_t port, unsigned number);

/// A configuration of camherd that names every camera, credentials included.
[[nodiscard]] std::string config_text(const options& o, std::uint16_t port);

/// Writes it to `o.config_out`, readable by its owner alone. Errors: `internal` if the file
/// cannot be written.
[[nodiscard]] result<void> write_config(const options& o, std::uint16_t port);

}  // namespace camherd::sim
