#pragma once

#include "core/base/result.hpp"

#include <string>

namespace camherd::sim {

/// A new self-signed certificate for `host` and its key, in PEM form, valid for ten years, as
/// cameras make one for themselves. Errors: `internal`.
[[nodiscard]] result<std::string> make_certificate(const std::string& host);

}  // namespace camherd::sim
