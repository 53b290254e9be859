#pragma once

#include <string>

namespace camherd::testing {

/// What `promtool` with these arguments, in which `FILE` is a file of this text, has to say:
/// nothing if it approves. Without promtool on this machine the test warns, and nothing is said
/// either.
[[nodiscard]] std::string objections_of_promtool(const std::string& arguments,
                                                 const std::string& text);

}  // namespace camherd::testing
