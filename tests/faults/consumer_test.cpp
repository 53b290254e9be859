#include "core/base/runtime_dir.hpp"
#include "core/base/unique_fd.hpp"
#include "tests/faults/fault_run.hpp"
#include "tests/support/catch.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <csignal>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

using namespace camherd;
using namespace camherd::faults;
using namespace camherd::testing;

namespace {

/// The other consumers of the same camera, and those of another, get every frame.
void check_others(const fault_run& run) {
  for (const auto* name : {"good0", "good1"}) CHECK(run.watch(name).shows(20));
}

consumer::options native(fault_run& run, unsigned leases) {
  consumer::options wanted;
  wanted.leases = leases;
  wanted.runtime_dir = run.herd().runtime_dir();
  return wanted;
}

/// `camherd watch` of a camera, which has had frames.
child_process watch_program(fault_run& run) {
  auto started = child_process::start({CAMHERD_PROGRAM,
                                       {"watch", "good0", "--json"},
                                       {{"CAMHERD_RUNTIME_DIR", run.herd().runtime_dir()}}});
  REQUIRE(started);
  auto program = *std::move(started);
  REQUIRE(program.wait_for_line(output::out, "{"));
  return program;
}

unique_fd connect_to(fault_run& run, const std::string& camera) {
  unique_fd socket{::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)};
  const auto path = camera_socket(run.herd().runtime_dir(), camera);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  REQUIRE(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address),
                    sizeof address) == 0);
  return socket;
}

}  // namespace

TEST_CASE("consumer-stopped", "[faults]") {
  fault_run run{{}};
  {
    auto program = watch_program(run);
    program.send_signal(SIGSTOP);
    check_others(run);
    program.send_signal(SIGCONT);
  }
  static_cast<void>(run.finish());
}

TEST_CASE("consumer-killed", "[faults]") {
  fault_run run{{}};
  for (int n = 0; n < 5; ++n) {
    auto program = watch_program(run);
    program.send_signal(SIGKILL);
    CHECK(program.wait() == process_exit{-1, SIGKILL});
  }
  check_others(run);
  static_cast<void>(run.finish());
}

TEST_CASE("consumer-floods", "[faults]") {
  fault_run run{{}};
  const std::vector<char> garbage(1000, '\xa5');
  std::size_t sent_away = 0;
  for (int connection = 0; connection < 20; ++connection) {
    const auto socket = connect_to(run, "good0");
    // Until camherd has ended the connection.
    while (::send(socket.get(), garbage.data(), garbage.size(), MSG_NOSIGNAL) >= 0) {
    }
    ++sent_away;
  }
  CHECK(sent_away == 20);
  check_others(run);
  static_cast<void>(run.finish());
}

TEST_CASE("consumer-never-releases", "[faults]") {
  fault_run run{{}};
  {
    constexpr unsigned leases = 4;
    consumer::camera greedy{"good0", native(run, leases)};
    std::vector<consumer::frame> held;
    while (held.size() < leases) {
      auto next = greedy.next(child_process::patience);
      REQUIRE(next);
      held.push_back(*std::move(next));
    }
    CHECK_FALSE(greedy.next(std::chrono::milliseconds{1}));
    check_others(run);
    for (const auto& one : held) CHECK(one.intact());
  }
  static_cast<void>(run.finish());
}

TEST_CASE("consumer-connects-1000-times", "[faults]") {
  fault_run run{{}};
  for (int n = 0; n < 1000; ++n) {
    const auto socket = connect_to(run, "good0");
  }
  check_others(run);
  consumer::camera late{"good0", native(run, 1)};
  CHECK(late.next(child_process::patience));
  late = consumer::camera{"good1", native(run, 1)};
  static_cast<void>(run.finish());
}
