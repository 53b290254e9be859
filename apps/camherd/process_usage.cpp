#include "apps/camherd/process_usage.hpp"

#include "core/base/memory_shortage.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <unistd.h>

namespace camherd {
namespace {

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

std::chrono::nanoseconds time_of(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
}

struct process_stat {
  std::size_t threads = 0;
  std::chrono::nanoseconds started_after_boot{};
};

// Fields 20 and 22 of proc(5)'s stat. The name of the program, which may hold anything, ends at
// the last parenthesis.
process_stat read_stat() {
  process_stat found;
  std::ifstream file{"/proc/self/stat"};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  std::istringstream fields{text.substr(text.rfind(')') + 1)};
  std::string skipped;
  for (int i = 3; i < 20; ++i) fields >> skipped;
  std::uint64_t ticks = 0;
  fields >> found.threads >> skipped >> ticks;
  found.started_after_boot =
      std::chrono::nanoseconds{std::chrono::seconds{1}} * ticks / ::sysconf(_SC_CLK_TCK);
  return found;
}

wall_time start_of(const process_stat& stat) {
  const auto age = time_of(CLOCK_BOOTTIME) - stat.started_after_boot;
  return std::chrono::system_clock::now() -
         std::chrono::duration_cast<wall_time::duration>(age);
}

}  // namespace

process_usage read_process_usage() {
  process_usage usage;
  rusage own{};
  if (::getrusage(RUSAGE_SELF, &own) == 0) {
    usage.cpu_seconds = seconds_of(own.ru_utime) + seconds_of(own.ru_stime);
    usage.peak_rss_bytes = static_cast<std::uint64_t>(own.ru_maxrss) * 1024;
  }
  const auto stat = read_stat();
  usage.threads = stat.threads;
  // Computed once: two readings of two clocks differ a little each time.
  static const auto started_at = start_of(stat);
  usage.started_at = started_at;
  std::uint64_t pages = 0;
  std::ifstream{"/proc/self/statm"} >> pages >> pages;
  usage.resident_bytes = pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) usage.max_files = files.rlim_cur;
  usage.events_without_memory = events_without_memory();
  return usage;
}

std::size_t count_open_files() {
  std::error_code failed;
  std::filesystem::directory_iterator files{"/proc/self/fd", failed};
  if (failed) return 0;
  // One of them is the iterator's own.
  return static_cast<std::size_t>(std::distance(begin(files), end(files))) - 1;
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
