#include "apps/camherd/memory_end.hpp"

#include "actors/event_line.hpp"

#include <cstdlib>
#include <ctime>
#include <exception>
#include <fcntl.h>
#include <new>
#include <string>
#include <string_view>
#include <unistd.h>

namespace camherd {
namespace {

constexpr int failure = 1;  // docs/ref/cli.md

// Global, since a terminate handler gets nothing else. Written before there are other threads,
// and with memory for everything that is to be said without any.
struct {
  std::string before_time;
  std::string behind_time;
  std::string file;
  std::terminate_handler usual = nullptr;
} last_line;

bool is_for_want_of_memory() noexcept {
  const auto thrown = std::current_exception();
  if (!thrown) return false;
  try {
    std::rethrow_exception(thrown);
  } catch (const std::bad_alloc&) {
    return true;
  } catch (...) {
    return false;
  }
}

void say_to(int fd, std::string_view time) noexcept {
  for (const std::string_view part : {std::string_view{last_line.before_time}, time,
                                      std::string_view{last_line.behind_time}}) {
    [[maybe_unused]] const auto written = ::write(fd, part.data(), part.size());
  }
}

[[noreturn]] void end() noexcept {
  if (!is_for_want_of_memory()) {
    if (last_line.usual != nullptr) last_line.usual();
    std::abort();
  }
  char text[64];
  const auto now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  const std::string_view time{
      text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.000+00:00", &parts)};
  say_to(STDERR_FILENO, time);
  if (!last_line.file.empty()) {
    const int fd = ::open(last_line.file.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd >= 0) say_to(fd, time);
  }
  std::_Exit(failure);
}

}  // namespace

void end_in_words_without_memory(const node_config& node) {
  const node_event said{.level = log_level::error,
                        .camera = {},
                        .event = "no_memory",
                        .cause = "no memory is left, and camherd ends to be started again"};
  if (node.log_format == log_format::json) {
    last_line.before_time = R"({"time":")";
    last_line.behind_time = R"(","level":"error",)" + json_members_of(said) + "}\n";
  } else {
    last_line.behind_time = " error " + text_of(said) + "\n";
  }
  last_line.file = node.log_file;
  last_line.usual = std::set_terminate(end);
}

}  // namespace camherd
