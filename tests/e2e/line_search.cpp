#include "tests/e2e/line_search.hpp"

#include <chrono>
#include <string_view>

namespace camherd::testing {
namespace {

std::optional<std::string> find_in(std::string_view text,
                                   const std::function<bool(const std::string&)>& matches,
                                   std::size_t nth) {
  // What follows the last line end is still being written.
  for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    const std::string line{text.substr(0, end)};
    if (matches(line) && --nth == 0) return line;
    text.remove_prefix(end + 1);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> find_log_line(child_process& program,
                                         const std::function<bool(const std::string&)>& matches,
                                         std::size_t nth) {
  using std::chrono::steady_clock;
  const auto deadline = steady_clock::now() + child_process::patience;
  for (bool may_come = true;;) {
    if (auto line = find_in(program.text(output::err), matches, nth)) return line;
    if (!may_come) return std::nullopt;
    const auto left =
        std::chrono::ceil<child_process::duration>(deadline - steady_clock::now());
    may_come = left.count() > 0 && program.wait_for_line(output::err, std::string_view{}, left);
  }
}

}  // namespace camherd::testing
