#include "apps/camherd/file_watch.hpp"

#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <unistd.h>
#include <utility>

namespace camherd {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::uint32_t interesting = IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_ONLYDIR;

bool add(const unique_fd& poll, const unique_fd& source) {
  epoll_event event{.events = EPOLLIN, .data = {}};
  return ::epoll_ctl(poll.get(), EPOLL_CTL_ADD, source.get(), &event) == 0;
}

// A regular file that was just made is complete only when it is closed.
bool is_link(const std::string& path) {
  struct stat found {};
  return ::lstat(path.c_str(), &found) == 0 &&
         (S_ISLNK(found.st_mode) || S_ISDIR(found.st_mode) || found.st_nlink > 1);
}

error refused(const std::string& path, int code) {
  return system_error(error_kind::internal, "watching " + path, code);
}

}  // namespace

result<file_watch> file_watch::open(const std::string& path) {
  file_watch made{path};
  std::error_code failed;
  if (!std::filesystem::is_regular_file(path, failed))
    return error{error_kind::invalid_argument, path + " is no regular file"};
  made.events_.reset(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  made.timer_.reset(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
  made.poll_.reset(::epoll_create1(EPOLL_CLOEXEC));
  if (!made.events_ || !made.timer_ || !made.poll_ || !add(made.poll_, made.events_) ||
      !add(made.poll_, made.timer_)) {
    return refused(path, errno);
  }
  auto watched = made.watch(path);
  if (!watched) return watched.error();
  made.file_ = *std::move(watched);
  made.follow_links();
  return made;
}

bool file_watch::take() {
  if (read_events()) postpone();
  std::uint64_t expirations = 0;
  if (::read(timer_.get(), &expirations, sizeof expirations) != sizeof expirations)
    return false;
  changed_since_.reset();
  follow_links();
  return true;
}

result<file_watch::watched_name> file_watch::watch(const std::string& path) {
  const std::filesystem::path file{path};
  auto directory = file.has_parent_path() ? file.parent_path().string() : ".";
  const int number = ::inotify_add_watch(events_.get(), directory.c_str(), interesting);
  if (number < 0) return refused(directory, errno);
  return watched_name{number, std::move(directory), file.filename().string()};
}

// What the file is a link to may lie elsewhere after the link was turned.
void file_watch::follow_links() {
  known_ = target();
  std::error_code failed;
  const auto real = std::filesystem::canonical(path_, failed);
  if (failed) return;
  // Where that directory cannot be watched, a turned link is still noticed.
  auto next = watch(real.string());
  const auto before = std::exchange(linked_, next ? *std::move(next) : file_);
  if (before.watch >= 0 && before.watch != linked_.watch && before.watch != file_.watch)
    ::inotify_rm_watch(events_.get(), before.watch);
}

std::optional<file_watch::identity> file_watch::target() const {
  struct stat found {};
  if (::stat(path_.c_str(), &found) != 0) return std::nullopt;
  return identity{found.st_dev, found.st_ino};
}

bool file_watch::concerns_file(int watch, const char* name, std::uint32_t what) const {
  if ((what & IN_Q_OVERFLOW) != 0) return true;
  const auto is = [&](const watched_name& known) {
    return known.watch == watch && known.name == name;
  };
  const bool named = is(file_) || is(linked_);
  if (named && (what & IN_CREATE) == 0) return true;
  const auto& directory = watch == file_.watch ? file_.directory : linked_.directory;
  if (!is_link(directory + '/' + name)) return false;
  // A link on the way to the file may have been turned.
  const auto now = target();
  return named || (now && now != known_);
}

bool file_watch::read_events() {
  bool concerned = false;
  alignas(inotify_event) std::array<char, 16384> buffer;
  for (;;) {
    const auto size = ::read(events_.get(), buffer.data(), buffer.size());
    if (size <= 0) return concerned;
    for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      const char* const name = event.len > 0 ? buffer.data() + at + sizeof event : "";
      concerned |= concerns_file(event.wd, name, event.mask);
      at += sizeof event + event.len;
    }
  }
}

void file_watch::postpone() {
  const auto now = steady_clock::now();
  if (!changed_since_) changed_since_ = now;
  const auto left = std::chrono::ceil<milliseconds>(*changed_since_ + longest_wait - now);
  const auto wait = std::clamp(left, milliseconds{1}, quiet_time);
  itimerspec when{};
  when.it_value.tv_nsec = std::chrono::nanoseconds{wait}.count();
  ::timerfd_settime(timer_.get(), 0, &when, nullptr);
}

}  // namespace camherd
