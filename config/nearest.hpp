#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace camherd {

/// The candidate that `word` most likely was meant to be: the same letters in another style
/// (`frameQueueSize`), or at most two slips of the keyboard away (Damerau-Levenshtein distance,
/// one for short words). None if there is no such candidate.
[[nodiscard]] std::optional<std::string_view> nearest(
    std::string_view word, std::span<const std::string_view> candidates);

}  // namespace camherd
