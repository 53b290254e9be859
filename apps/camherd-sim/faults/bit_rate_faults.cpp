#include "apps/camherd-sim/faults/fault_catalogue.hpp"

namespace camherd::faults {

fault_list bit_rate_faults() {
  return {};
}

}  // namespace camherd::faults
