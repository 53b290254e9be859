#include "apps/camherd-sim/faults/fault_catalogue.hpp"

namespace camherd::faults {

fault_list daemon_faults() {
  return {
      {"sigterm-at-every-state",
       23,
       "is in any of its states when camherd is told to end: it ends in good order.",
       {},
       {},
       {}},
      {"sigkill-and-restart",
       23,
       "streams to consumers when camherd is killed and started again among the files it left.",
       {},
       {},
       {}},
      {"two-daemons",
       23,
       "streams when a second camherd is started with its runtime directory, which says so and "
       "ends.",
       {.recovers = recovery::throughout},
       {},
       {}},
  };
}

}  // namespace camherd::faults
