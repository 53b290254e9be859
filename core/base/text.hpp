#pragma once

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

// What every text protocol needs of ASCII text, without the locale: bytes above 127 are left as
// they are.
namespace camherd {

[[nodiscard]] constexpr char ascii_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] constexpr char ascii_upper(char c) noexcept {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

[[nodiscard]] constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

[[nodiscard]] constexpr bool is_control(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

[[nodiscard]] inline std::string lower_case(std::string_view text) {
  std::string lower{text};
  std::transform(lower.begin(), lower.end(), lower.begin(), ascii_lower);
  return lower;
}

[[nodiscard]] inline std::string upper_case(std::string_view text) {
  std::string upper{text};
  std::transform(upper.begin(), upper.end(), upper.begin(), ascii_upper);
  return upper;
}

[[nodiscard]] constexpr bool equals_ignoring_case(std::string_view a,
                                                  std::string_view b) noexcept {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return ascii_lower(x) == ascii_lower(y);
         });
}

[[nodiscard]] constexpr bool starts_with_ignoring_case(std::string_view text,
                                                       std::string_view prefix) noexcept {
  return equals_ignoring_case(text.substr(0, prefix.size()), prefix);
}

/// Position of the first `wanted` in `text` at or after `from`, or npos.
[[nodiscard]] inline std::size_t find_ignoring_case(std::string_view text,
                                                    std::string_view wanted,
                                                    std::size_t from = 0) noexcept {
  if (from > text.size()) return std::string_view::npos;
  const auto found = std::search(
      text.begin() + static_cast<std::ptrdiff_t>(from), text.end(), wanted.begin(),
      wanted.end(), [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
  return found == text.end() && !wanted.empty()
             ? std::string_view::npos
             : static_cast<std::size_t>(found - text.begin());
}

/// Without spaces and tabs at both ends.
[[nodiscard]] constexpr std::string_view trim(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Cuts `text` at the first `separator`: returns what stands before it, leaves what stands
/// behind it.
[[nodiscard]] constexpr std::string_view take_until(std::string_view& text,
                                                    char separator) noexcept {
  const auto end = std::min(text.find(separator), text.size());
  const auto taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return taken;
}

/// The text with every control character as '?', fit for logs and terminals.
[[nodiscard]] inline std::string printable(std::string_view text) {
  std::string clean{text};
  std::replace_if(clean.begin(), clean.end(), is_control, '?');
  return clean;
}

/// The number `text` begins with; nothing without one, or if it does not fit into T.
template <class T>
[[nodiscard]] std::optional<T> leading_number(std::string_view text, int base = 10) noexcept {
  T value{};
  const auto [end, status] =
      std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (status != std::errc{}) return std::nullopt;
  return value;
}

}  // namespace camherd
