// Loaded into camherd before the C library (LD_PRELOAD): answers for the host where a test
// cannot change that. The folder in CAMHERD_STAND_IN holds files, read at each call:
// - `NAME.test`: the address of that host; `unknown`; or `later`, until it says something else;
// - `clock`: seconds by which the clock of the day is off.
#include <sys/time.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <dlfcn.h>
#include <fstream>
#include <netdb.h>
#include <string>
#include <thread>

namespace {

std::string content(const std::string& name) {
  const char* folder = std::getenv("CAMHERD_STAND_IN");
  std::ifstream file{std::string{folder ? folder : ""} + "/" + name};
  std::string word;
  file >> word;
  return word;
}

template <class Function>
Function original(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" int getaddrinfo(const char* host, const char* service, const addrinfo* hints,
                           addrinfo** found) {
  static const auto real = original<decltype(&getaddrinfo)>("getaddrinfo");
  if (host == nullptr || std::strstr(host, ".test") == nullptr) {
    return real(host, service, hints, found);
  }
  for (;;) {
    const auto answer = content(host);
    if (answer == "unknown" || answer.empty()) return EAI_NONAME;
    if (answer != "later") return real(answer.c_str(), service, hints, found);
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
}

extern "C" int clock_gettime(clockid_t clock, timespec* now) noexcept {
  static const auto real = original<decltype(&clock_gettime)>("clock_gettime");
  const int failed = real(clock, now);
  if (failed != 0 || clock != CLOCK_REALTIME) return failed;
  static thread_local bool reading = false;  // a file may be opened with a look at the clock
  if (reading) return 0;
  reading = true;
  now->tv_sec += std::atol(content("clock").c_str());
  reading = false;
  return 0;
}
