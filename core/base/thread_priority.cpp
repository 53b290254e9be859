#include "core/base/thread_priority.hpp"

#include <sys/resource.h>

namespace camherd {

void give_way_to_pictures() noexcept {
  // On Linux a priority belongs to a thread, and 0 is the one that calls.
  constexpr int steps = 5;
  ::setpriority(PRIO_PROCESS, 0, ::getpriority(PRIO_PROCESS, 0) + steps);
}

}  // namespace camherd
