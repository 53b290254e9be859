#pragma once

#include "tests/support/catch.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

namespace camherd::testing {

/// The content of a file of the fixtures, data of real cameras that is not part of this tree:
/// from $CAMHERD_FIXTURES, else ../shared/fixtures beside the project. Nothing, with a warning
/// in the test's output, where it does not exist. Needs CAMHERD_SOURCE_DIR.
inline std::optional<std::string> read_fixture(const std::string& name) {
  const auto* const chosen = std::getenv("CAMHERD_FIXTURES");
  const auto folder =
      chosen != nullptr
          ? std::filesystem::path{chosen}
          : std::filesystem::path{CAMHERD_SOURCE_DIR}.parent_path() / "shared/fixtures";
  std::ifstream in{folder / name, std::ios::binary};
  if (!in) {
    WARN("no fixture " << name << ": this check was skipped");
    return std::nullopt;
  }
  return std::string{std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace camherd::testing
