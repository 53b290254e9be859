#pragma once

#include "apps/camherd/http/request.hpp"
#include "core/base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace camherd::http {

/// What stands between method and version (RFC 9112, 3.2).
struct target {
  std::string path;                   ///< as it was sent, without query; "*" in "OPTIONS *"
  std::vector<std::string> segments;  ///< decoded; "/a/b/" has three, the last one empty
  std::vector<field> query;           ///< decoded
  std::string authority;              ///< of the absolute form, else empty
};

/// Reads a target. A segment that is a dot or two, or that decodes to something with a '/', a
/// '\\', a control character or broken UTF-8, makes it invalid, so that segments put together
/// again mean the same. At most 64 values in the query. Errors: `invalid_argument`, with a
/// sentence that repeats nothing of the target.
[[nodiscard]] result<target> parse_target(std::string_view text);

}  // namespace camherd::http
