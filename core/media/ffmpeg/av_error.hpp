#pragma once

#include "core/base/error.hpp"

#include <string_view>

namespace camherd::ffmpeg {

/// The error for `code`, an AVERROR that `operation` returned: the only place where libav's
/// codes become kinds. Refused credentials are `authentication`; a broken or unknown container
/// is `corrupt`; what this build of libav cannot do is `unsupported`; a path that cannot be
/// opened is `invalid_argument`; no memory is `internal`; the rest is trouble of the network
/// and `retry`. The message holds libav's text for the code, which never names a URL.
[[nodiscard]] error av_failure(std::string_view operation, int code);

}  // namespace camherd::ffmpeg
