#pragma once

#include "config/load.hpp"
#include "tests/support/catch.hpp"

#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace camherd::testing {

/// An environment of exactly these variables.
inline environment variables(std::map<std::string, std::string, std::less<>> values) {
  return [values = std::move(values)](std::string_view name) -> std::optional<std::string> {
    const auto found = values.find(name);
    if (found == values.end()) return std::nullopt;
    return found->second;
  };
}

/// The configuration in `yaml`, which must be free of problems.
inline config valid(std::string_view yaml, const environment& env = variables({})) {
  auto outcome = parse_config(yaml, env);
  for (const auto& problem : outcome.problems) UNSCOPED_INFO(to_string("yaml", problem));
  REQUIRE(outcome.problems.empty());
  return std::move(outcome.value);
}

/// The problems of `yaml`, one a line, as "LINE:COLUMN: text".
inline std::string problems(std::string_view yaml, const environment& env = variables({})) {
  std::string lines;
  for (const auto& problem : parse_config(yaml, env).problems) {
    if (!lines.empty()) lines += '\n';
    lines += to_string("", problem).substr(problem.line == 0 ? 2 : 1);
  }
  return lines;
}

}  // namespace camherd::testing
