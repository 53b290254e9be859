#pragma once

#include "config/config.hpp"
#include "core/base/result.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace camherd {

/// One thing wrong with a configuration, where it stands (1-based; 0 if it has no place).
struct config_problem {
  std::size_t line = 0;
  std::size_t column = 0;
  std::string text;  ///< one sentence, with the nearest known key where one was misspelt
};

/// A configuration, or everything that is wrong with it.
struct config_outcome {
  config value;                          ///< meaningful only without problems
  std::vector<config_problem> problems;  ///< empty on success
};

/// Looks up an environment variable; a parameter so that tests own the environment.
using environment = std::function<std::optional<std::string>(std::string_view name)>;

/// The environment of this process.
[[nodiscard]] environment process_environment();

/// Reads a configuration from YAML text (UTF-8, at most 1 MiB). `${NAME}` and
/// `${NAME:-default}` in scalars are replaced from `env` after parsing, so that a value can
/// never change the structure. A text without the key `cameras` is a problem, because an empty
/// file must not stop every camera when it is reloaded; `cameras: {}` is none. Problems are in
/// the order of the text, at most a hundred, and contain neither passwords, URLs nor values of
/// variables. Never throws.
[[nodiscard]] config_outcome parse_config(std::string_view yaml, const environment& env);

/// Reads a configuration from a file or pipe. Errors: `invalid_argument` if it cannot be read.
[[nodiscard]] result<config_outcome> load_config(const std::string& path,
                                                 const environment& env);

/// "FILE:LINE:COLUMN: text", as compilers print it.
[[nodiscard]] std::string to_string(const std::string& path, const config_problem& problem);

/// The effective configuration as YAML that parses to the same, every default written out, but
/// with "***" instead of each password (`camera_url::redacted`).
[[nodiscard]] std::string to_yaml(const config& c);

/// What has to be done to get from one configuration to another. The order of the cameras in
/// the file does not matter.
struct config_diff {
  std::vector<std::string> removed;    ///< names
  std::vector<camera_config> added;    ///< as in `to`
  std::vector<camera_config> changed;  ///< as in `to`; any setting, a password too
  /// As in `to`: nothing but whether they run has changed (`enabled`, `stopped`). Not in
  /// `changed`.
  std::vector<camera_config> switched;
  bool node_changed = false;
};

[[nodiscard]] config_diff diff(const config& from, const config& to);

}  // namespace camherd
