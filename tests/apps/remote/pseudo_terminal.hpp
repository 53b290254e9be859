#pragma once

#include "core/base/unique_fd.hpp"

#include <optional>
#include <string>
#include <termios.h>
#include <vector>

namespace camherd::testing {

/// A program that a shell runs in a terminal of its own. Every wait has a deadline of 20 s.
class pseudo_terminal {
 public:
  pseudo_terminal(const std::vector<std::string>& command, unsigned short rows,
                  unsigned short columns);

  /// Kills the program if it still runs.
  ~pseudo_terminal();

  pseudo_terminal(const pseudo_terminal&) = delete;
  pseudo_terminal& operator=(const pseudo_terminal&) = delete;

  void type(const std::string& keys);
  void resize(unsigned short rows, unsigned short columns);
  void send_signal(int signal);

  /// Waits until the program has written `text`, behind what was waited for before.
  [[nodiscard]] bool shows(const std::string& text);

  /// Waits for its end: its exit code as a shell has it, nothing if it did not end.
  [[nodiscard]] std::optional<int> ends();

  /// Keys are echoed and come in lines, as at the start.
  [[nodiscard]] bool is_as_before() const;

 private:
  bool receive();

  unique_fd terminal_;
  unique_fd other_end_;
  termios before_{};
  int pid_ = -1;
  std::string written_;
  std::size_t seen_ = 0;
};

}  // namespace camherd::testing
