#include "apps/camherd/duration_option.hpp"

#include <iostream>

namespace camherd::cli {

std::optional<std::chrono::milliseconds> read_duration_option(
    std::string_view name, const std::string& text, range<std::chrono::milliseconds> allowed) {
  std::chrono::milliseconds value{};
  const auto problem = read_duration(text, allowed, value);
  if (!problem) return value;
  std::cerr << "camherd: " << name << ": " << problem->what;
  if (!problem->hint.empty()) std::cerr << " (" << problem->hint << ')';
  std::cerr << '\n';
  return std::nullopt;
}

}  // namespace camherd::cli
