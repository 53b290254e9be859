#include "core/frame/segment.hpp"

#include "core/base/memory_shortage.hpp"

#include <sys/mman.h>

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <unistd.h>
#include <utility>

namespace camherd {

result<segment> segment::create(std::size_t size) {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  // The kernel does not refuse an allocation that can never fit: it fills the memory first.
  const auto memory = static_cast<std::size_t>(::sysconf(_SC_PHYS_PAGES)) * page;
  if (size == 0 || size > memory) {
    return error{error_kind::internal,
                 "a segment of " + std::to_string(size) + " bytes cannot be had"};
  }
  size = (size + page - 1) / page * page;
  if (!leaves_headroom(size)) {
    return no_memory_for("a segment of " + std::to_string(size) + " bytes");
  }
  unique_fd fd{::memfd_create("camherd-segment", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
  if (!fd) return system_error(error_kind::internal, "memfd_create", errno);
  if (::ftruncate(fd.get(), static_cast<off_t>(size)) != 0) {
    return system_error(error_kind::internal, "sizing a segment", errno);
  }
  // Pages that are merely promised would raise SIGBUS when memory has run out by their first
  // use.
  if (::fallocate(fd.get(), 0, 0, static_cast<off_t>(size)) != 0) {
    return system_error(error_kind::internal, "allocating a segment", errno);
  }
  void* const mapped = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
  if (mapped == MAP_FAILED) {
    return system_error(error_kind::internal, "mapping a segment", errno);
  }
  segment made{std::move(fd), static_cast<std::uint8_t*>(mapped), size};
  // F_SEAL_FUTURE_WRITE spares the mapping that exists, so it must come after it.
  constexpr int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL;
  if (::fcntl(made.fd(), F_ADD_SEALS, seals) != 0) {
    return system_error(error_kind::internal, "sealing a segment", errno);
  }
  return made;
}

segment::segment(unique_fd fd, std::uint8_t* data, std::size_t size) noexcept
    : fd_{std::move(fd)}, data_{data}, size_{size} {}

segment::segment(segment&& other) noexcept
    : fd_{std::move(other.fd_)},
      data_{std::exchange(other.data_, nullptr)},
      size_{std::exchange(other.size_, 0)} {}

segment& segment::operator=(segment&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

segment::~segment() {
  if (data_ != nullptr) ::munmap(data_, size_);
}

}  // namespace camherd
