#include "apps/camherd-sim/faults/fault_catalogue.hpp"

#include <string>
#include <utility>

namespace camherd::faults {

namespace {

fault of_the_daemon(std::string name, std::string does, recovery when) {
  expectation nothing;
  nothing.recovers = when;
  return {std::move(name), 23, std::move(does), std::move(nothing), {}, {}};
}

}  // namespace

fault_list daemon_faults() {
  return {
      of_the_daemon(
          "sigterm-at-every-state",
          "is in any of its states when camherd is told to end: it ends in good order.",
          recovery::after_it_ends),
      of_the_daemon("sigpipe",
                    "is connected anew when whoever read camherd's log has gone, and SIGPIPE "
                    "comes.",
                    recovery::throughout),
      of_the_daemon("sigkill-and-restart",
                    "streams to consumers when camherd is killed, and started again among the "
                    "files it left.",
                    recovery::after_it_ends),
      of_the_daemon(
          "two-daemons",
          "streams when a second camherd is started with its runtime directory, which "
          "says so and ends.",
          recovery::throughout),
  };
}

}  // namespace camherd::faults
