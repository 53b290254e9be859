#include "core/base/thread_priority.hpp"

#include "tests/support/catch.hpp"

#include <sys/resource.h>

#include <thread>

TEST_CASE("a thread that gives way leaves the priority of others as it was", "[base][cpu]") {
  const int before = ::getpriority(PRIO_PROCESS, 0);
  int after = before;
  std::thread{[&] {
    camherd::give_way_to_pictures();
    after = ::getpriority(PRIO_PROCESS, 0);
  }}.join();
  CHECK((after > before || before >= 19));
  CHECK(::getpriority(PRIO_PROCESS, 0) == before);
}
