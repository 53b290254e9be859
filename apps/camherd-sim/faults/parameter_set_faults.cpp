#include "apps/camherd-sim/faults/fault_catalogue.hpp"

namespace camherd::faults {

fault_list parameter_set_faults() {
  return {};
}

}  // namespace camherd::faults
