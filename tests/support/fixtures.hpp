#pragma once

#include "tests/support/catch.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

namespace camherd::testing {

/// Where a file of the fixtures is, data of real cameras that is not part of this tree: in
/// $CAMHERD_FIXTURES, else ../shared/fixtures beside the project. Nothing, with a warning in
/// the test's output, where it does not exist. Needs CAMHERD_SOURCE_DIR.
inline std::optional<std::filesystem::path> fixture_path(const std::string& name) {
  const auto* const chosen = std::getenv("CAMHERD_FIXTURES");
  const auto folder =
      chosen != nullptr
          ? std::filesystem::path{chosen}
          : std::filesystem::path{CAMHERD_SOURCE_DIR}.parent_path() / "shared/fixtures";
  if (!std::filesystem::is_regular_file(folder / name)) {
    WARN("no fixture " << name << ": this check was skipped");
    return std::nullopt;
  }
  return folder / name;
}

/// The content of a file of the fixtures; nothing, with a warning, where it does not exist.
inline std::optional<std::string> read_fixture(const std::string& name) {
  const auto path = fixture_path(name);
  if (!path) return std::nullopt;
  std::ifstream in{*path, std::ios::binary};
  return std::string{std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace camherd::testing
