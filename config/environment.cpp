#include "config/environment.hpp"

#include "config/utf8.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <utility>

namespace camherd {
namespace {

bool is_variable_name(std::string_view name) {
  const auto letter = [](char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_';
  };
  return !name.empty() && letter(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) {
           return letter(c) || std::isdigit(static_cast<unsigned char>(c)) != 0;
         });
}

std::string percent_encode_separators(std::string_view value) {
  std::string encoded;
  for (const char c : value) {
    switch (c) {
      case '/':
        encoded += "%2F";
        break;
      case '?':
        encoded += "%3F";
        break;
      case '#':
        encoded += "%23";
        break;
      case '@':
        encoded += "%40";
        break;
      default:
        encoded += c;
    }
  }
  return encoded;
}

// The value of what stands between "${" and "}", or what is wrong with it.
result<std::string> look_up(std::string_view inside, const environment& env) {
  const auto bad = [](std::string text) {
    return error{error_kind::invalid_argument, std::move(text)};
  };
  const auto separator = inside.find(":-");
  const auto name = inside.substr(0, separator);
  if (!is_variable_name(name)) {
    return bad("${...} does not hold the name of a variable; write $${ for a literal ${");
  }
  const bool has_default = separator != std::string_view::npos;
  const std::string quoted = "environment variable " + std::string{name};
  if (has_default && inside.find("${", separator) != std::string_view::npos) {
    return bad(quoted + ": a default cannot contain another variable");
  }
  auto value = env(name);
  if (has_default && (!value || value->empty())) {
    return std::string{inside.substr(separator + 2)};
  }
  if (!value) return bad(quoted + " is not set and has no default (${NAME:-default})");
  if (valid_utf8_prefix(*value) != value->size()) return bad(quoted + " is not UTF-8");
  return *std::move(value);
}

}  // namespace

environment process_environment() {
  return [](std::string_view name) -> std::optional<std::string> {
    const char* const value = std::getenv(std::string{name}.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

expansion expand(std::string_view text, const environment& env, std::size_t quoted_until) {
  expansion expanded;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto rest = text.substr(at);
    if (rest.starts_with("$${")) {
      expanded.text += "${";
      at += 3;
      continue;
    }
    if (!rest.starts_with("${")) {
      expanded.text += text[at++];
      continue;
    }
    const auto close = rest.find('}');
    if (close == std::string_view::npos) {
      expanded.problems.push_back({at, "${ without }; write $${ for a literal ${"});
      break;
    }
    expanded.from_environment = true;
    if (auto value = look_up(rest.substr(2, close - 2), env)) {
      expanded.text += at < quoted_until ? percent_encode_separators(*value) : *value;
    } else {
      expanded.problems.push_back({at, value.error().message()});
    }
    at += close + 1;
  }
  return expanded;
}

std::string escape_variables(std::string_view text) {
  std::string escaped;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.substr(at).starts_with("${")) escaped += '$';
    escaped += text[at];
  }
  return escaped;
}

std::size_t user_information_end(std::string_view url) {
  const auto authority = url.find("://");
  if (authority == std::string_view::npos) return 0;
  std::size_t end = 0;
  for (std::size_t at = authority + 3; at < url.size(); ++at) {
    if (url.substr(at).starts_with("${")) {
      const auto close = url.find('}', at);
      if (close == std::string_view::npos) break;
      at = close;
    } else if (url[at] == '@') {
      end = at;
    } else if (url[at] == '/' || url[at] == '?' || url[at] == '#') {
      break;
    }
  }
  return end;
}

}  // namespace camherd
