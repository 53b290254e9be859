#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace camherd {

/// How many bytes at the beginning of `text` are valid UTF-8 (RFC 3629): all of them, or up to
/// the first sequence that is not.
[[nodiscard]] std::size_t valid_utf8_prefix(std::string_view text) noexcept;

/// `text` with U+FFFD in the place of every byte that is not part of valid UTF-8.
[[nodiscard]] std::string with_valid_utf8(std::string_view text);

}  // namespace camherd
