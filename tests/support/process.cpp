#include "tests/support/process.hpp"

#include "core/base/unique_fd.hpp"

#include <sys/eventfd.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <fcntl.h>
#include <mutex>
#include <poll.h>
#include <spawn.h>
#include <string>
#include <thread>
#include <unistd.h>
#include <utility>

namespace camherd::testing {
namespace {

constexpr std::size_t max_kept_bytes = 16 * 1024 * 1024;

struct pipe_ends {
  unique_fd read;
  unique_fd write;
};

result<pipe_ends> open_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return system_error(error_kind::internal, "pipe2", errno);
  }
  return pipe_ends{unique_fd{ends[0]}, unique_fd{ends[1]}};
}

class spawn_actions {
 public:
  spawn_actions() { ::posix_spawn_file_actions_init(&actions_); }
  ~spawn_actions() { ::posix_spawn_file_actions_destroy(&actions_); }
  spawn_actions(const spawn_actions&) = delete;
  spawn_actions& operator=(const spawn_actions&) = delete;
  posix_spawn_file_actions_t* get() { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

class spawn_attributes {
 public:
  spawn_attributes() { ::posix_spawnattr_init(&attributes_); }
  ~spawn_attributes() { ::posix_spawnattr_destroy(&attributes_); }
  spawn_attributes(const spawn_attributes&) = delete;
  spawn_attributes& operator=(const spawn_attributes&) = delete;
  posix_spawnattr_t* get() { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

std::vector<std::string> environment_with(const std::map<std::string, std::string>& added) {
  std::vector<std::string> entries;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text{*entry};
    if (!added.contains(std::string{text.substr(0, text.find('='))}))
      entries.emplace_back(text);
  }
  for (const auto& [name, value] : added) entries.push_back(name + '=' + value);
  return entries;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

result<pid_t> spawn(const command_line& command, int out, int err) {
  spawn_actions actions;
  ::posix_spawn_file_actions_addopen(actions.get(), STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(actions.get(), out, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(actions.get(), err, STDERR_FILENO);
  // Sockets that a test listens on must not live on in the program when the test closes them.
  ::posix_spawn_file_actions_addclosefrom_np(actions.get(), STDERR_FILENO + 1);
  spawn_attributes attributes;
  // The program starts with the signals of a shell, whatever the test program has set.
  sigset_t none;
  sigset_t all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_setsigmask(attributes.get(), &none);
  ::posix_spawnattr_setsigdefault(attributes.get(), &all);
  ::posix_spawnattr_setpgroup(attributes.get(), 0);
  ::posix_spawnattr_setflags(
      attributes.get(), POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::vector<std::string> arguments{command.program};
  arguments.insert(arguments.end(), command.arguments.begin(), command.arguments.end());
  auto environment = environment_with(command.environment);
  pid_t pid = -1;
  const int status =
      ::posix_spawnp(&pid, command.program.c_str(), actions.get(), attributes.get(),
                     pointers_to(arguments).data(), pointers_to(environment).data());
  if (status != 0) return system_error(error_kind::invalid_argument, command.program, status);
  return pid;
}

}  // namespace

// Two threads: one reads both pipes until they end or until the program has ended and they are
// drained (a grandchild may hold them open for longer); one waits for the program. It is reaped
// only at destruction, so that its number, and that of its group, stay its own while anybody
// may send a signal. The mutex guards everything that the threads write and the callers read.
class child_process::running {
 public:
  running(pid_t pid, unique_fd out, unique_fd err, unique_fd ended)
      : pid_{pid}, ended_{std::move(ended)} {
    outputs_[0].pipe = std::move(out);
    outputs_[1].pipe = std::move(err);
    reader_ = std::thread{[this] { read_outputs(); }};
    waiter_ = std::thread{[this] { wait_for_end(); }};
  }

  ~running() {
    ::kill(-pid_, SIGKILL);
    waiter_.join();
    ::waitpid(pid_, nullptr, 0);
    reader_.join();
  }

  running(const running&) = delete;
  running& operator=(const running&) = delete;

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }

  void send_signal(int signal) { ::kill(pid_, signal); }

  std::optional<process_exit> wait(duration limit) {
    std::unique_lock lock{mutex_};
    if (!changed_.wait_for(lock, limit, [&] { return end_ && drained_; })) return std::nullopt;
    return end_;
  }

  std::string text(output from) {
    const std::lock_guard lock{mutex_};
    return of(from).text;
  }

  std::optional<std::string> wait_for_line(
      output from, const std::function<bool(const std::string&)>& matches, duration limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    std::unique_lock lock{mutex_};
    auto& source = of(from);
    for (;;) {
      const auto is_over = [&] { return drained_ || !source.pipe; };
      while (auto line = source.next_line(is_over())) {
        if (matches(*line)) return line;
      }
      const auto seen = source.text.size();
      if (is_over() || !changed_.wait_until(lock, deadline, [&] {
            return is_over() || source.text.size() != seen;
          })) {
        return std::nullopt;
      }
    }
  }

 private:
  struct captured {
    unique_fd pipe;
    std::string text;
    std::size_t next = 0;  // where the first line begins that wait_for_line has not looked at

    // The last line of an output that has ended needs no line end.
    std::optional<std::string> next_line(bool ended) {
      auto end = text.find('\n', next);
      if (end == std::string::npos) {
        if (!ended || next >= text.size()) return std::nullopt;
        end = text.size();
      }
      auto line = text.substr(next, end - next);
      next = end + 1;
      return line;
    }
  };

  captured& of(output from) { return outputs_[from == output::out ? 0 : 1]; }

  void wait_for_end() {
    siginfo_t info{};
    while (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT) != 0 &&
           errno == EINTR) {
    }
    const std::lock_guard lock{mutex_};
    end_ = info.si_code == CLD_EXITED ? process_exit{info.si_status, 0}
                                      : process_exit{-1, info.si_status};
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(ended_.get(), &one, sizeof one);
    changed_.notify_all();
  }

  void read_outputs() {
    bool ended = false;
    while (outputs_[0].pipe || outputs_[1].pipe) {
      std::array<pollfd, 3> waiting{{{outputs_[0].pipe.get(), POLLIN, 0},
                                     {outputs_[1].pipe.get(), POLLIN, 0},
                                     {ended ? -1 : ended_.get(), POLLIN, 0}}};
      // Once the program has ended, only what is already in the pipes is read.
      const int ready = ::poll(waiting.data(), waiting.size(), ended ? 0 : -1);
      if (ready < 0 && errno != EINTR) break;
      if (ready == 0) break;
      for (std::size_t i = 0; i < outputs_.size(); ++i) {
        if (waiting.at(i).revents != 0) read_some(outputs_.at(i));
      }
      ended = ended || waiting[2].revents != 0;
    }
    const std::lock_guard lock{mutex_};
    drained_ = true;
    changed_.notify_all();
  }

  void read_some(captured& from) {
    std::array<char, 65536> block;
    const auto count = ::read(from.pipe.get(), block.data(), block.size());
    if (count < 0 && errno == EINTR) return;
    const std::lock_guard lock{mutex_};
    if (count <= 0) {
      from.pipe.reset();
    } else {
      const auto room = max_kept_bytes - std::min(max_kept_bytes, from.text.size());
      from.text.append(block.data(), std::min(room, static_cast<std::size_t>(count)));
    }
    changed_.notify_all();
  }

  const pid_t pid_;
  unique_fd ended_;  // an eventfd: the program has ended
  std::mutex mutex_;
  std::condition_variable changed_;
  std::array<captured, 2> outputs_;
  std::optional<process_exit> end_;
  bool drained_ = false;
  std::thread reader_;
  std::thread waiter_;
};

child_process::child_process(std::unique_ptr<running> state) : state_{std::move(state)} {}
child_process::child_process(child_process&&) noexcept = default;
child_process& child_process::operator=(child_process&&) noexcept = default;
child_process::~child_process() = default;

result<child_process> child_process::start(const command_line& command) {
  auto out = open_pipe();
  if (!out) return out.error();
  auto err = open_pipe();
  if (!err) return err.error();
  unique_fd ended{::eventfd(0, EFD_CLOEXEC)};
  if (!ended) return system_error(error_kind::internal, "eventfd", errno);
  const auto pid = spawn(command, out->write.get(), err->write.get());
  if (!pid) return pid.error();
  return child_process{std::make_unique<running>(*pid, std::move(out->read),
                                                 std::move(err->read), std::move(ended))};
}

int child_process::pid() const noexcept {
  return state_->pid();
}

std::optional<std::string> child_process::wait_for_line(output from, std::string_view text,
                                                        duration limit) {
  return wait_for_matching(
      from, [&](const std::string& line) { return line.find(text) != std::string::npos; },
      limit);
}

std::optional<std::string> child_process::wait_for_line(output from, const std::regex& pattern,
                                                        duration limit) {
  return wait_for_matching(
      from, [&](const std::string& line) { return std::regex_search(line, pattern); }, limit);
}

std::optional<std::string> child_process::wait_for_matching(
    output from, const std::function<bool(const std::string&)>& matches, duration limit) {
  return state_->wait_for_line(from, matches, limit);
}

void child_process::send_signal(int signal) {
  state_->send_signal(signal);
}

std::optional<process_exit> child_process::wait(duration limit) {
  return state_->wait(limit);
}

std::string child_process::text(output from) const {
  return state_->text(from);
}

result<finished_process> run_process(const command_line& command,
                                     child_process::duration limit) {
  auto child = child_process::start(command);
  if (!child) return child.error();
  const auto end = child->wait(limit);
  return finished_process{end, child->text(output::out), child->text(output::err)};
}

}  // namespace camherd::testing
