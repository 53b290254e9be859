#pragma once

#include "tests/support/catch.hpp"

#include <sys/resource.h>

#include <cstddef>
#include <fstream>
#include <string>
#include <unistd.h>

namespace camherd::testing {

/// False where sanitizers take address space as they like.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool can_limit_memory = false;
#else
inline constexpr bool can_limit_memory = true;
#endif

/// A running process cannot have `more` bytes of memory than it has now, as long as this lives.
class memory_limit {
 public:
  memory_limit(int pid, std::size_t more) : pid_{pid} {
    std::ifstream file{"/proc/" + std::to_string(pid) + "/statm"};
    std::size_t pages = 0;
    REQUIRE(file >> pages);
    REQUIRE(::prlimit(pid_, RLIMIT_AS, nullptr, &before_) == 0);
    const rlimit lower{pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) + more,
                       before_.rlim_max};
    REQUIRE(::prlimit(pid_, RLIMIT_AS, &lower, nullptr) == 0);
  }
  ~memory_limit() { ::prlimit(pid_, RLIMIT_AS, &before_, nullptr); }
  memory_limit(const memory_limit&) = delete;
  memory_limit& operator=(const memory_limit&) = delete;

 private:
  int pid_;
  rlimit before_{};
};

}  // namespace camherd::testing
