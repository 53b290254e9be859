#include "apps/camherd/memory_end.hpp"

#include "core/base/unique_fd.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

#include <sys/wait.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <new>
#include <regex>
#include <stdexcept>
#include <string>
#include <thread>
#include <unistd.h>

using namespace camherd;
using namespace camherd::testing;

namespace {

struct ending {
  int status = 0;  // of waitpid
  std::string errors;
};

/// How a process with this log ends in which `Thrown` is caught by nobody.
template <class Thrown>
ending end_of_process(const node_config& node, const Thrown& thrown) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const unique_fd from{ends[0]};
  unique_fd to{ends[1]};
  const auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::dup2(to.get(), STDERR_FILENO);
    std::signal(SIGABRT, SIG_DFL);
    end_in_words_without_memory(node);
    std::thread{[&] { throw thrown; }}.join();
    std::_Exit(0);
  }
  to.reset();
  ending seen;
  char buffer[512];
  for (ssize_t got = 0; (got = ::read(from.get(), buffer, sizeof buffer)) > 0;)
    seen.errors.append(buffer, static_cast<std::size_t>(got));
  REQUIRE(::waitpid(child, &seen.status, 0) == child);
  return seen;
}

}  // namespace

TEST_CASE("a process that ends for want of memory says so and fails", "[apps][memory]") {
  node_config node;
  const auto seen = end_of_process(node, std::bad_alloc{});
  REQUIRE(WIFEXITED(seen.status));
  CHECK(WEXITSTATUS(seen.status) == 1);
  CHECK(std::regex_match(
      seen.errors,
      std::regex{R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000\+00:00 error event=no_memory cause=)"
                 R"("no memory is left, and camherd ends to be started again" )"
                 R"(component=herd\n)"}));
}

TEST_CASE("the log's file has the last line too, in the log's format", "[apps][memory]") {
  const temporary_folder folder;
  node_config node;
  node.log_format = log_format::json;
  node.log_file = folder / "camherd.log";
  std::ofstream{node.log_file} << "before\n" << std::flush;
  const auto seen = end_of_process(node, std::bad_alloc{});
  CHECK(std::regex_match(seen.errors,
                         std::regex{R"(\{"time":"[^"]+","level":"error","event":"no_memory",)"
                                    R"("cause":"no memory [^"]+","component":"herd"\}\n)"}));
  std::ifstream file{node.log_file};
  const std::string written{std::istreambuf_iterator<char>{file}, {}};
  CHECK(written == "before\n" + seen.errors);
}

TEST_CASE("a mistake of ours ends as it did before", "[apps][memory]") {
  const auto seen = end_of_process(node_config{}, std::logic_error{"ours"});
  CHECK(WIFSIGNALED(seen.status));
  CHECK(seen.errors.find("no_memory") == std::string::npos);
}
