#include "apps/camherd-sim/faults/fault_catalogue.hpp"

#include <string>
#include <utility>

namespace camherd::faults {
namespace {

/// Everybody streams on, and nothing is said about any camera.
expectation nothing() {
  expectation none;
  none.recovers = recovery::throughout;
  return none;
}

expectation connects_again() {
  auto expects = nothing();
  expects.state = "streaming";
  expects.event = "connected";
  return expects;
}

fault of_the_host(std::string name, unsigned row, std::string does, expectation expects) {
  return {std::move(name), row, std::move(does), std::move(expects), {}, {}};
}

}  // namespace

fault_list host_faults() {
  auto killed = nothing();
  killed.recovers = recovery::after_it_ends;
  return {
      of_the_host("name-slow", 20, "has a name whose lookup takes for ever.",
                  {.state = "backoff",
                   .event = "connection",
                   .words = "no answer to the name lookup of",
                   .counter = "restarts.connection"}),
      of_the_host("name-unknown", 20, "has a name that is not known any more.",
                  {.state = "backoff",
                   .event = "connection",
                   .words = "name lookup of",
                   .counter = "restarts.connection"}),
      of_the_host("name-of-ipv6-only", 20, "has a name with an IPv6 address only.",
                  connects_again()),
      of_the_host("descriptors-exhausted", 22,
                  "has to be connected anew when no descriptor is left.",
                  {.state = "backoff",
                   .event = "connection",
                   .words = "no file descriptor left",
                   .counter = "restarts.connection"}),
      of_the_host("shared-memory-exhausted", 22,
                  "has to be connected anew when no memory for pictures is left.",
                  {.state = "backoff",
                   .event = "decoder",
                   .words = "memory for pictures",
                   .counter = "restarts.decoder"}),
      of_the_host("shared-memory-exhausted-for-a-consumer", 22,
                  "has a new consumer for whose format there is no memory.", nothing()),
      of_the_host("memory-exhausted", 22,
                  "sends pictures of 20 MB when there is no more memory than for the others.",
                  {.state = "backoff",
                   .event = "connection",
                   .words = "no memory for its pictures",
                   .counter = "restarts.connection"}),
      of_the_host(
          "memory-limit-of-a-group", 22,
          "sends pictures of 20 MB when camherd's control group has no memory for them: "
          "the kernel kills camherd, and the next one streams.",
          killed),
      of_the_host("disk-full-for-the-state", 22,
                  "is added by an operator when the disk is full: the answer is `507`, and "
                  "nothing is changed.",
                  nothing()),
      of_the_host("disk-full-for-the-log", 22, "has trouble when the log cannot be written.",
                  nothing()),
      of_the_host("disk-full", 22,
                  "is added, and connected anew, when the disk of state and log is full: the "
                  "answer is `507`, and the log goes on when there is room again.",
                  nothing()),
      of_the_host("clock-set-back", 22, "streams on when the clock is set back by an hour.",
                  nothing()),
      of_the_host("processors-busy", 22,
                  "streams beside programs that keep every processor busy.", nothing()),
  };
}

}  // namespace camherd::faults
