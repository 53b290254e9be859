#include "config/camera_settings.hpp"
#include "config/environment.hpp"
#include "config/load.hpp"
#include "config/schema.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <span>
#include <string_view>

namespace camherd {
namespace {

// A double-quoted scalar (YAML 1.2, 5.7).
std::string quoted(std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string quote = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quote += '\\';
      quote += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      quote += "\\x";
      quote += digits[byte >> 4];
      quote += digits[byte & 15];
    } else {
      quote += c;
    }
  }
  return quote + '"';
}

// The only camera name that YAML takes for something else than a word.
std::string name_as_key(const std::string& name) {
  return name == "null" ? quoted(name) : name;
}

// Plain where YAML takes it for nothing but this word, quoted otherwise.
std::string scalar(const std::string& text) {
  const auto plain = [](char c) {
    const char letter = ascii_lower(c);
    return (letter >= 'a' && letter <= 'z') || is_digit(c) || c == '.' || c == '/';
  };
  if (std::all_of(text.begin(), text.end(), plain)) return text;
  return quoted(escape_variables(text));
}

template <class Config>
void print_keys(std::span<const config_key<Config>> keys, const Config& from,
                std::string_view indentation, std::string& out) {
  for (const auto& key : keys) {
    out += indentation;
    out += key.name;
    out += ": " + scalar(key.print(from)) + '\n';
  }
}

}  // namespace

std::string to_string(const std::string& path, const config_problem& problem) {
  if (problem.line == 0) return path + ": " + problem.text;
  return path + ':' + std::to_string(problem.line) + ':' + std::to_string(problem.column) +
         ": " + problem.text;
}

std::string to_yaml(const config& c) {
  std::string out = "node:\n";
  print_keys(node_keys(), c.node, "  ", out);
  out += "log:\n";
  print_keys(log_keys(), c.node, "  ", out);
  out += c.cameras.empty() ? "cameras: {}\n" : "cameras:\n";
  for (const auto& camera : c.cameras) {
    out += "  " + name_as_key(camera.name) + ":\n";
    for (const auto& [key, value] : print_camera(camera, secrets::hidden)) {
      out += "    " + key + ": " +
             (key == "url" ? quoted(escape_variables(value)) : scalar(value));
      out += '\n';
    }
  }
  return out;
}

}  // namespace camherd
