#include "apps/camherd/remote/terminal_text.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <cstdint>

namespace camherd::remote {
namespace {

constexpr bool continues(char c) {
  return (static_cast<unsigned char>(c) & 0xc0U) == 0x80;
}

struct character {
  std::uint32_t value = 0;
  std::size_t bytes = 0;  // 0: no UTF-8
};

// RFC 3629: no overlong forms, no surrogates, nothing beyond U+10FFFF.
character decode(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  if (first < 0x80) return {first, 1};
  const std::size_t bytes = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < bytes) return {};
  std::uint32_t value = first & (0x7fU >> bytes);
  for (const char c : text.substr(1, bytes - 1)) {
    if (!continues(c)) return {};
    value = value << 6U | (static_cast<unsigned char>(c) & 0x3fU);
  }
  constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < least[bytes] || value > 0x10ffff || surrogate) return {};
  return {value, bytes};
}

constexpr bool is_hostile(std::uint32_t c) {
  return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x061c ||  // controls
         (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
         (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

}  // namespace

std::string terminal_text(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const auto next = decode(text);
    if (next.bytes == 0 || is_hostile(next.value)) {
      clean += '?';
    } else {
      clean += text.substr(0, next.bytes);
    }
    text.remove_prefix(std::max<std::size_t>(next.bytes, 1));
  }
  return clean;
}

std::string_view cut(std::string_view text, std::size_t width) {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!continues(text[i]) && characters++ == width) return text.substr(0, i);
  }
  return text;
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); }));
}

std::string cell(std::string_view text, std::size_t width) {
  std::string filled{cut(text, width)};
  filled.append(width - width_of(filled), ' ');
  return filled;
}

}  // namespace camherd::remote
