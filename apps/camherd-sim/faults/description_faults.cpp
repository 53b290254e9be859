#include "apps/camherd-sim/faults/fault_catalogue.hpp"

namespace camherd::faults {

fault_list description_faults() {
  return {};
}

}  // namespace camherd::faults
