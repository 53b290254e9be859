#include "core/delivery/consumer/mapping.hpp"

#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <fcntl.h>
#include <limits>

namespace camherd::consumer {

result<std::shared_ptr<const mapping>> mapping::create(unique_fd memory, std::uint64_t size) {
  const int seals = ::fcntl(memory.get(), F_GET_SEALS);
  if (seals < 0 || (seals & F_SEAL_SHRINK) == 0) {
    return error{error_kind::corrupt, "a segment that is not sealed against shrinking"};
  }
  struct stat found {};
  if (::fstat(memory.get(), &found) != 0) {
    return system_error(error_kind::internal, "looking at a segment", errno);
  }
  if (size == 0 || size > static_cast<std::uint64_t>(std::numeric_limits<off_t>::max()) ||
      found.st_size < static_cast<off_t>(size)) {
    return error{error_kind::corrupt, "a segment that is smaller than announced"};
  }
  void* const mapped = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, memory.get(), 0);
  if (mapped == MAP_FAILED) {
    return system_error(error_kind::internal, "mapping a segment", errno);
  }
  return std::shared_ptr<const mapping>{
      new mapping{static_cast<const std::uint8_t*>(mapped), static_cast<std::size_t>(size)}};
}

mapping::~mapping() {
  ::munmap(const_cast<std::uint8_t*>(bytes_), size_);
}

}  // namespace camherd::consumer
