#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace camherd::rtsp {

/// Base64 with padding (RFC 4648 section 4).
[[nodiscard]] std::string encode_base64(std::string_view bytes);

/// The bytes of a Base64 text; white space is ignored and padding may be missing, as in the
/// descriptions of cameras. Nothing if it holds any other character.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> decode_base64(std::string_view text);

}  // namespace camherd::rtsp
