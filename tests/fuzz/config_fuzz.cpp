// Any text is either refused with problems, or read into a configuration that survives being
// printed and read again. No problem repeats the value of a variable.
#include "config/load.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace camherd;

namespace {

constexpr std::string_view secret = "s3cretValue/@?#";

std::optional<std::string> variable(std::string_view name) {
  if (name == "S") return std::string{secret};
  if (name == "U") return "rtsp://user@10.0.0.5/x";
  if (name == "E") return "";
  return std::nullopt;
}

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto outcome = parse_config(text, variable);
  for (const auto& problem : outcome.problems) {
    require(problem.text.find(secret) == std::string::npos);
  }
  if (!outcome.problems.empty()) return 0;
  const auto printed = to_yaml(outcome.value);
  const auto again = parse_config(printed, variable);
  require(again.problems.empty());
  require(to_yaml(again.value) == printed);
  const bool hides_passwords = printed.find("***") != std::string::npos;
  require(hides_passwords || again.value == outcome.value);
  return 0;
}
