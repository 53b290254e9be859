#include "core/base/memory_shortage.hpp"

#include <sys/mman.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

namespace camherd {
namespace {

std::atomic<std::uint64_t> missed_events{0};

}  // namespace

// An allocation that is not used could be left out by the compiler; one of the kernel cannot.
bool leaves_headroom(std::size_t bytes) noexcept {
  if (bytes < much_memory) return true;
  const auto wanted = bytes + memory_headroom;
  if (wanted < bytes) return false;
  void* const tried =
      ::mmap(nullptr, wanted, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (tried == MAP_FAILED) return false;
  ::munmap(tried, wanted);
  return true;
}

error no_memory_for(std::string_view what) {
  return {error_kind::internal, "no memory for " + std::string{what}};
}

std::uint64_t events_without_memory() noexcept {
  return missed_events.load(std::memory_order_relaxed);
}

void miss_event_without_memory() noexcept {
  missed_events.fetch_add(1, std::memory_order_relaxed);
  std::this_thread::sleep_for(std::chrono::milliseconds{1});
}

}  // namespace camherd
