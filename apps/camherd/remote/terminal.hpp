#pragma once

#include <string>
#include <termios.h>
#include <vector>

namespace camherd::remote {

/// The terminal of standard input and output, all of it: keys come one by one and are not
/// echoed, and what was on the screen is back once this goes. One at a time, one thread.
class full_screen {
 public:
  /// False where standard input and output are no terminal that can be drawn on.
  [[nodiscard]] static bool possible();

  full_screen() { enter(); }
  ~full_screen() { leave(); }
  full_screen(const full_screen&) = delete;
  full_screen& operator=(const full_screen&) = delete;

  /// Replaces what is shown. `lines` are no longer and no more than the screen allows.
  void draw(const std::vector<std::string>& lines);

  /// Gives the terminal back to the shell, and takes it again once this process goes on.
  void suspend();

 private:
  void enter();
  void leave();

  termios before_{};
};

}  // namespace camherd::remote
