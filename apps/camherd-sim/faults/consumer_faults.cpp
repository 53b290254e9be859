#include "apps/camherd-sim/faults/fault_catalogue.hpp"

#include <string>
#include <utility>

namespace camherd::faults {
namespace {

fault of_a_consumer(std::string name, std::string does) {
  expectation nothing;
  nothing.recovers = recovery::throughout;
  return {std::move(name), 21, std::move(does), std::move(nothing), {}, {}};
}

}  // namespace

fault_list consumer_faults() {
  return {
      of_a_consumer("consumer-stopped", "has a consumer that is stopped with frames in hand."),
      of_a_consumer("consumer-killed", "has consumers that are killed with frames in hand."),
      of_a_consumer("consumer-floods", "has a consumer that sends nothing but garbage."),
      of_a_consumer("consumer-never-releases",
                    "has a consumer that gives no frame back, ever."),
      of_a_consumer("consumer-connects-1000-times",
                    "has a consumer that connects a thousand times."),
  };
}

}  // namespace camherd::faults
