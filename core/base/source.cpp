#include "core/base/source.hpp"

namespace camherd {

source_statistics sum_of(const source_statistics& earlier, const source_statistics& later) {
  return {.bytes = earlier.bytes + later.bytes,
          .packets = earlier.packets + later.packets,
          .packets_lost = earlier.packets_lost + later.packets_lost,
          .packets_reordered = earlier.packets_reordered + later.packets_reordered,
          .packets_duplicate = earlier.packets_duplicate + later.packets_duplicate,
          .packets_late = earlier.packets_late + later.packets_late,
          .jitter = later.packets > 0 ? later.jitter : earlier.jitter};
}

}  // namespace camherd
