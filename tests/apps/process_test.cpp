#include "tests/support/process.hpp"

#include "tests/support/catch.hpp"

#include <cerrno>
#include <csignal>

using namespace camherd;
using namespace camherd::testing;
using namespace std::chrono_literals;

namespace {

command_line shell(std::string script) {
  return {"sh", {"-c", std::move(script)}, {}};
}

child_process started(std::string script) {
  auto child = child_process::start(shell(std::move(script)));
  REQUIRE(child);
  return *std::move(child);
}

}  // namespace

TEST_CASE("a finished process has its exit code and both outputs", "[support][process]") {
  const auto done = run_process(shell("echo out; echo err >&2; exit 7"));
  REQUIRE(done);
  CHECK(done->end == process_exit{7, 0});
  CHECK(done->out == "out\n");
  CHECK(done->err == "err\n");
}

TEST_CASE("large outputs on both pipes do not block the process", "[support][process]") {
  const auto done = run_process(shell(
      "head -c 3000000 /dev/zero | tr '\\0' o; head -c 3000000 /dev/zero | tr '\\0' e >&2"));
  REQUIRE(done);
  CHECK(done->end == process_exit{0, 0});
  CHECK(done->out.size() == 3'000'000);
  CHECK(done->err.size() == 3'000'000);
}

TEST_CASE("a program that does not exist is an error", "[support][process]") {
  const auto done = run_process({"/no/such/program", {}, {}});
  REQUIRE_FALSE(done);
  CHECK(done.error().kind() == error_kind::invalid_argument);
}

TEST_CASE("the environment is added to, and standard input is empty", "[support][process]") {
  auto command = shell("cat; echo \"$ADDED|${PATH:+path}\"");
  command.environment["ADDED"] = "value";
  const auto done = run_process(command);
  REQUIRE(done);
  CHECK(done->out == "value|path\n");
}

TEST_CASE("lines are found in order, each once", "[support][process]") {
  auto child = started("echo one; echo two; echo ready on port 8554; echo two; printf last");
  CHECK(child.wait_for_line(output::out, "two") == "two");
  CHECK(child.wait_for_line(output::out, std::regex{"port [0-9]+$"}) == "ready on port 8554");
  CHECK(child.wait_for_line(output::out, "two") == "two");
  CHECK(child.wait_for_line(output::out, "last") == "last");
  CHECK(child.wait_for_line(output::out, "one") == std::nullopt);
}

TEST_CASE("waiting for a line ends when its output ends", "[support][process]") {
  auto child = started("exec 2>&-; echo ready; exec sleep 1000");
  CHECK(child.wait_for_line(output::out, "ready") == "ready");
  CHECK(child.wait_for_line(output::err, "never") == std::nullopt);
}

TEST_CASE("waiting ends at the deadline", "[support][process]") {
  auto child = started("exec sleep 1000");
  CHECK(child.wait_for_line(output::out, "never", 10ms) == std::nullopt);
  CHECK(child.wait(10ms) == std::nullopt);
}

TEST_CASE("a signal that ends a process is told apart from an exit code",
          "[support][process]") {
  auto child = started("echo ready; exec sleep 1000");
  REQUIRE(child.wait_for_line(output::out, "ready"));
  child.send_signal(SIGTERM);
  CHECK(child.wait() == process_exit{-1, SIGTERM});
  child.send_signal(SIGTERM);
}

TEST_CASE("a process may handle a signal and say so", "[support][process]") {
  auto child =
      started("trap 'echo stopping; exit 3' INT; echo ready; while :; do sleep 0.01; done");
  REQUIRE(child.wait_for_line(output::out, "ready"));
  child.send_signal(SIGINT);
  CHECK(child.wait_for_line(output::out, "stopping") == "stopping");
  CHECK(child.wait() == process_exit{3, 0});
}

TEST_CASE("a grandchild that holds the pipes does not delay the end", "[support][process]") {
  auto child = started("echo before; sleep 1000 & echo after");
  CHECK(child.wait() == process_exit{0, 0});
  CHECK(child.text(output::out) == "before\nafter\n");
}

TEST_CASE("destruction ends the process and what it started", "[support][process]") {
  int pid = 0;
  {
    auto child = started("sleep 1000 & echo ready; wait");
    REQUIRE(child.wait_for_line(output::out, "ready"));
    pid = child.pid();
  }
  CHECK(::kill(pid, 0) == -1);
  CHECK(errno == ESRCH);
}
