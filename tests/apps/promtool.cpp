#include "tests/apps/promtool.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <fstream>

namespace camherd::testing {

std::string objections_of_promtool(const std::string& arguments, const std::string& text) {
  const auto found = run_process({"sh", {"-c", "command -v promtool"}, {}});
  REQUIRE(found);
  if (found->end != process_exit{0, 0}) {
    WARN("promtool is not installed");
    return "";
  }
  const temporary_folder folder;
  std::ofstream{folder / "text"} << text;
  const auto checked =
      run_process({"sh", {"-c", "promtool " + arguments}, {{"FILE", folder / "text"}}});
  REQUIRE(checked);
  if (checked->end == process_exit{0, 0} && checked->err.empty()) return "";
  return checked->out + checked->err + " ";
}

}  // namespace camherd::testing
