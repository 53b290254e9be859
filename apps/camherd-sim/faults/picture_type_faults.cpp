#include "apps/camherd-sim/faults/fault_catalogue.hpp"

namespace camherd::faults {

fault_list picture_type_faults() {
  return {};
}

}  // namespace camherd::faults
