#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// What others have written, made fit for a terminal.
namespace camherd::remote {

/// `text` as one line of valid UTF-8 that moves no cursor: controls, those that are written
/// with two bytes in UTF-8 too (C1), and characters that change the direction of writing become
/// '?', and so does each byte that is no UTF-8.
[[nodiscard]] std::string terminal_text(std::string_view text);

/// What `terminal_text` made, cut or filled to `width` characters.
[[nodiscard]] std::string cell(std::string_view text, std::size_t width);

/// What `terminal_text` made, cut to at most `width` characters.
[[nodiscard]] std::string_view cut(std::string_view text, std::size_t width);

/// Its characters.
[[nodiscard]] std::size_t width_of(std::string_view text);

}  // namespace camherd::remote
