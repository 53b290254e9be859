#pragma once

#include "core/base/result.hpp"

#include <chrono>
#include <csignal>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

namespace camherd::testing {

/// A program to run. Its standard input is empty.
struct command_line {
  std::string program;  ///< a path; PATH is searched if it has no slash
  std::vector<std::string> arguments;
  std::map<std::string, std::string> environment;  ///< added to that of this process
};

/// How a process ended: by an exit code or by a signal.
struct process_exit {
  int code = -1;   ///< -1 if a signal ended it
  int signal = 0;  ///< 0 if it ended by itself

  friend bool operator==(const process_exit&, const process_exit&) = default;
};

enum class output { out, err };

/// A running program under test. Both its outputs are read all the time by a thread of its own,
/// so it never blocks on a full pipe; each is kept up to 16 MiB, and what follows is read and
/// discarded. It leads a process group of its own: destruction kills whatever is left of the
/// group and waits for the program itself. Its functions may be called from any thread.
class child_process {
 public:
  using duration = std::chrono::milliseconds;
  static constexpr duration patience{30'000};  ///< against hanging; no test should need it

  /// Errors: `invalid_argument` if the program cannot be started.
  [[nodiscard]] static result<child_process> start(const command_line& command);

  child_process(child_process&&) noexcept;
  child_process& operator=(child_process&&) noexcept;
  ~child_process();

  [[nodiscard]] int pid() const noexcept;

  /// The first line of `from`, without its line end, that contains `text` or has a match of
  /// `pattern`, among those after the line last returned for that output. Waits for it; nothing
  /// if it does not come within `limit` or before the output ends.
  [[nodiscard]] std::optional<std::string> wait_for_line(output from, std::string_view text,
                                                         duration limit = patience);
  [[nodiscard]] std::optional<std::string> wait_for_line(output from, const std::regex& pattern,
                                                         duration limit = patience);

  /// Sends a signal to the program; nothing happens once it has ended.
  void send_signal(int signal);

  /// Waits for the end of the program; nothing if it still runs after `limit`. Afterwards all
  /// that it wrote is there.
  [[nodiscard]] std::optional<process_exit> wait(duration limit = patience);

  /// What it has written so far.
  [[nodiscard]] std::string text(output from) const;

 private:
  class running;
  explicit child_process(std::unique_ptr<running> state);

  std::optional<std::string> wait_for_matching(
      output from, const std::function<bool(const std::string&)>& matches, duration limit);

  std::unique_ptr<running> state_;
};

/// A program that has ended, and all it wrote.
struct finished_process {
  std::optional<process_exit> end;  ///< nothing if it had to be killed at its deadline
  std::string out;
  std::string err;
};

/// Runs a program to its end. Errors: `invalid_argument` if it cannot be started.
[[nodiscard]] result<finished_process> run_process(
    const command_line& command, child_process::duration limit = child_process::patience);

}  // namespace camherd::testing
