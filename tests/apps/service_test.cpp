#include "tests/support/catch.hpp"
#include "tests/support/datagram_inbox.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <csignal>
#include <fstream>

using namespace camherd::testing;

TEST_CASE("as a service camherd says that it is ready, alive and stopping", "[apps][service]") {
  const temporary_folder folder;
  std::ofstream{folder / "camherd.yaml"} << "cameras: {}\n";
  const datagram_inbox manager{folder / "notify"};
  auto started = child_process::start(
      {CAMHERD_PROGRAM,
       {"run", folder / "camherd.yaml"},
       {{"NOTIFY_SOCKET", manager.address()}, {"CAMHERD_RUNTIME_DIR", folder / "run"}}});
  REQUIRE(started);
  CHECK(manager.receive() == "READY=1");
  for (int i = 0; i < 3; ++i) CHECK(manager.receive() == "WATCHDOG=1");
  started->send_signal(SIGTERM);
  auto last = manager.receive();
  while (last == "WATCHDOG=1") last = manager.receive();
  CHECK(last == "STOPPING=1");
  CHECK(started->wait() == process_exit{0, 0});
}
