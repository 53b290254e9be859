#pragma once

#include <sys/resource.h>

#include <unistd.h>

namespace camherd::testing {

/// False where nothing works without descriptors: UndefinedBehaviorSanitizer needs them to look
/// at the type of an object.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool can_run_short_of_descriptors = false;
#else
inline constexpr bool can_run_short_of_descriptors = true;
#endif

/// This process gets no further descriptors as long as it lives.
class descriptor_shortage {
 public:
  descriptor_shortage() {
    ::getrlimit(RLIMIT_NOFILE, &usual_);
    const int lowest_free = ::dup(STDERR_FILENO);
    ::close(lowest_free);
    rlimit none = usual_;
    none.rlim_cur = static_cast<rlim_t>(lowest_free);
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  ~descriptor_shortage() { ::setrlimit(RLIMIT_NOFILE, &usual_); }
  descriptor_shortage(const descriptor_shortage&) = delete;
  descriptor_shortage& operator=(const descriptor_shortage&) = delete;

 private:
  rlimit usual_{};
};

}  // namespace camherd::testing
