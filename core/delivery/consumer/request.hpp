#pragma once

#include "core/base/result.hpp"
#include "core/delivery/include/camherd/consumer.hpp"
#include "core/delivery/lease_protocol.hpp"

#include <string>

namespace camherd::consumer {

/// What `wanted` of the camera `name` is on the wire. Errors: `invalid_argument` for what no
/// camera grants, in words.
[[nodiscard]] result<lease::hello> make_request(const std::string& name, const options& wanted);

}  // namespace camherd::consumer
