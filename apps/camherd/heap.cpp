#include "apps/camherd/heap.hpp"

#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace camherd {

void keep_heap_compact() noexcept {
#ifdef __GLIBC__
  ::mallopt(M_ARENA_MAX, 2);
  // Setting these also keeps glibc from raising them by itself. Keyframes are larger than the
  // first, so their memory goes back to the system at once.
  ::mallopt(M_MMAP_THRESHOLD, 128 * 1024);
  ::mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
#endif
}

}  // namespace camherd
