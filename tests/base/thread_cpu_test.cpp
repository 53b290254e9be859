#include "core/base/thread_cpu.hpp"

#include "tests/support/catch.hpp"

using namespace camherd;
using namespace std::chrono_literals;

namespace {

void keep_busy_for(std::chrono::nanoseconds cpu_time) {
  const auto until = thread_cpu_time() + cpu_time;
  while (thread_cpu_time() < until) {
  }
}

}  // namespace

TEST_CASE("a stopwatch counts the time between start and stop and no other", "[base][cpu]") {
  cpu_stopwatch watch;
  for (int i = 0; i < 2; ++i) {
    watch.start();
    keep_busy_for(1ms);
    watch.stop();
    keep_busy_for(20ms);
  }
  const auto counted = watch.take();
  CHECK(counted >= 2ms);
  CHECK(counted < 20ms);
  CHECK(watch.take() == 0ns);
}
