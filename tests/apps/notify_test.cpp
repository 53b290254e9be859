#include "apps/camherd/notify.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/datagram_inbox.hpp"
#include "tests/support/temporary_folder.hpp"

#include <unistd.h>

using namespace camherd;
using namespace camherd::testing;

TEST_CASE("the service manager hears that we are ready, alive and stopping",
          "[apps][service]") {
  const temporary_folder folder;
  const auto abstract = "@camherd-test-" + std::to_string(::getpid());
  for (const auto& address : {folder / "notify", abstract}) {
    INFO(address);
    const datagram_inbox manager{address};
    service_notifier notifier{manager.address()};
    notifier.alive();
    CHECK(manager.receive() == "READY=1");
    CHECK(manager.receive() == "WATCHDOG=1");
    notifier.alive();
    CHECK(manager.receive() == "WATCHDOG=1");
    notifier.stopping();
    CHECK(manager.receive() == "STOPPING=1");
  }
}

TEST_CASE("without a service manager nothing happens", "[apps][service]") {
  for (const std::string& address :
       {std::string{}, std::string{"@"}, std::string{"relative"},
        std::string{"/no/such/socket"}, "/" + std::string(200, 'x')}) {
    service_notifier notifier{address};
    notifier.alive();
    notifier.stopping();
  }
}

TEST_CASE("a service manager that does not read holds nobody up", "[apps][service]") {
  const temporary_folder folder;
  const datagram_inbox manager{folder / "notify"};
  service_notifier notifier{manager.address()};
  for (int i = 0; i < 10'000; ++i) notifier.alive();
  CHECK(manager.receive() == "READY=1");
}
