#include "config/nearest.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace camherd {
namespace {

constexpr std::size_t longest_word = 64;

std::string without_style(std::string_view word) {
  std::string letters;
  for (const char c : word) {
    if (c == '_' || c == '-' || c == ' ') continue;
    letters += ascii_lower(c);
  }
  return letters;
}

// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
std::size_t distance(std::string_view a, std::string_view b) {
  const auto columns = b.size() + 1;
  std::vector<std::size_t> before_last(columns);
  std::vector<std::size_t> last(columns);
  std::vector<std::size_t> row(columns);
  for (std::size_t j = 0; j < columns; ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j < columns; ++j) {
      const std::size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + cost});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
    before_last.swap(last);
    last.swap(row);
  }
  return last.back();
}

}  // namespace

std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> candidates) {
  if (word.size() > longest_word) return std::nullopt;
  const auto letters = without_style(word);
  std::size_t allowed = letters.size() <= 4 ? 1 : 2;
  std::optional<std::string_view> best;
  for (const auto candidate : candidates) {
    const auto away = distance(letters, without_style(candidate));
    if (away > allowed || (away == allowed && best)) continue;
    best = candidate;
    allowed = away;
  }
  return best;
}

}  // namespace camherd
