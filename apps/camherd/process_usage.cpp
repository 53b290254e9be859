#include "apps/camherd/process_usage.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <string_view>

namespace camherd {
namespace {

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

}  // namespace

process_usage read_process_usage() {
  process_usage usage;
  rusage own{};
  if (::getrusage(RUSAGE_SELF, &own) == 0) {
    usage.cpu_seconds = seconds_of(own.ru_utime) + seconds_of(own.ru_stime);
    usage.peak_rss_bytes = static_cast<std::uint64_t>(own.ru_maxrss) * 1024;
  }
  std::ifstream status{"/proc/self/status"};
  for (std::string word; status >> word;) {
    if (word == "Threads:") {
      status >> usage.threads;
      break;
    }
  }
  return usage;
}

result<void> raise_open_files_limit(std::size_t wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
    return system_error(error_kind::internal, "reading the limit of open files", errno);
  }
  if (limit.rlim_cur >= wanted) return {};
  // Root may raise the hard limit too; for others this fails and the next try stays below it.
  rlimit raised{wanted, std::max<rlim_t>(limit.rlim_max, wanted)};
  if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) return {};
  raised = {std::min<rlim_t>(limit.rlim_max, wanted), limit.rlim_max};
  if (::setrlimit(RLIMIT_NOFILE, &raised) == 0 && raised.rlim_cur >= wanted) return {};
  return error{error_kind::internal,
               "open files are limited to " + std::to_string(limit.rlim_max) + " and up to " +
                   std::to_string(wanted) +
                   " may be needed: raise it with ulimit -Hn or LimitNOFILE="};
}

}  // namespace camherd
