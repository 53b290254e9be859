#include "apps/camherd/http/target.hpp"

#include "config/utf8.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace camherd::http {
namespace {

constexpr std::size_t max_query_values = 64;

enum class plus_sign { itself, space };

error invalid(std::string what) {
  return error{error_kind::invalid_argument, std::move(what)};
}

std::optional<unsigned> hex_digit(char c) {
  if (is_digit(c)) return static_cast<unsigned>(c - '0');
  const char lower = ascii_lower(c);
  if (lower >= 'a' && lower <= 'f') return static_cast<unsigned>(lower - 'a') + 10;
  return std::nullopt;
}

std::optional<std::string> percent_decoded(std::string_view text, plus_sign plus) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus == plus_sign::space) {
      decoded += ' ';
    } else if (text[i] != '%') {
      decoded += text[i];
    } else {
      const auto high = i + 2 < text.size() ? hex_digit(text[i + 1]) : std::nullopt;
      const auto low = high ? hex_digit(text[i + 2]) : std::nullopt;
      if (!low) return std::nullopt;
      decoded += static_cast<char>(*high << 4 | *low);
      i += 2;
    }
  }
  return decoded;
}

bool is_valid_text(std::string_view text) {
  return valid_utf8_prefix(text) == text.size() &&
         std::none_of(text.begin(), text.end(), is_control);
}

result<std::vector<std::string>> read_segments(std::string_view path) {
  std::vector<std::string> segments;
  path.remove_prefix(1);
  for (bool more = true; more;) {
    more = path.find('/') != std::string_view::npos;
    auto segment = percent_decoded(take_until(path, '/'), plus_sign::itself);
    if (!segment) return invalid("a % in the path is not followed by two hexadecimal digits");
    if (*segment == "." || *segment == ".." ||
        segment->find_first_of("/\\") != std::string::npos || !is_valid_text(*segment)) {
      return invalid("the path contains a segment that is not allowed");
    }
    segments.push_back(std::move(*segment));
  }
  return segments;
}

result<std::vector<field>> read_query(std::string_view text) {
  std::vector<field> query;
  while (!text.empty()) {
    auto value = take_until(text, '&');
    if (value.empty()) continue;
    if (query.size() == max_query_values) return invalid("the query has too many values");
    const auto name = percent_decoded(take_until(value, '='), plus_sign::space);
    const auto decoded = percent_decoded(value, plus_sign::space);
    if (!name || !decoded) {
      return invalid("a % in the query is not followed by two hexadecimal digits");
    }
    if (!is_valid_text(*name) || !is_valid_text(*decoded)) {
      return invalid("the query contains characters that are not allowed");
    }
    query.push_back({*name, *decoded});
  }
  return query;
}

// Takes "http://authority" away from the front.
std::optional<std::string> take_authority(std::string_view& text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!starts_with_ignoring_case(text, scheme)) continue;
    text.remove_prefix(scheme.size());
    const auto end = std::min(text.find_first_of("/?"), text.size());
    std::string authority{text.substr(0, end)};
    text.remove_prefix(end);
    if (authority.empty()) return std::nullopt;
    return authority;
  }
  return std::nullopt;
}

}  // namespace

result<target> parse_target(std::string_view text) {
  target parsed;
  const bool printable_ascii = std::all_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7f;
  });
  if (!printable_ascii || text.find('#') != std::string_view::npos) {
    return invalid("the request target contains characters that must be percent-encoded");
  }
  if (text == "*") {
    parsed.path = "*";
    return parsed;
  }
  if (!text.starts_with('/')) {
    auto authority = take_authority(text);
    if (!authority) return invalid("the request target is no path");
    parsed.authority = std::move(*authority);
  }
  auto path = take_until(text, '?');
  if (path.empty()) path = "/";
  parsed.path = path;
  auto segments = read_segments(path);
  if (!segments) return segments.error();
  parsed.segments = std::move(*segments);
  auto query = read_query(text);
  if (!query) return query.error();
  parsed.query = std::move(*query);
  return parsed;
}

}  // namespace camherd::http
