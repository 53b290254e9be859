#include "apps/camherd/remote/terminal.hpp"

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string_view>
#include <unistd.h>

namespace camherd::remote {

bool full_screen::possible() {
  const char* const kind = std::getenv("TERM");
  return ::isatty(STDIN_FILENO) != 0 && ::isatty(STDOUT_FILENO) != 0 && kind != nullptr &&
         std::string_view{kind} != "dumb" && *kind != '\0';
}

// The other screen, no cursor, and no new line where one is too long.
void full_screen::enter() {
  ::tcgetattr(STDIN_FILENO, &before_);
  auto raw = before_;
  raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  raw.c_iflag &= ~static_cast<tcflag_t>(IXON);
  raw.c_cc[VMIN] = 0;
  raw.c_cc[VTIME] = 0;
  ::tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
  std::cout << "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J" << std::flush;
}

void full_screen::leave() {
  std::cout << "\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l" << std::flush;
  ::tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
}

void full_screen::draw(const std::vector<std::string>& lines) {
  std::string out = "\x1b[H";
  for (std::size_t i = 0; i < lines.size(); ++i)
    out += (i == 0 ? "" : "\r\n") + lines[i] + "\x1b[K";
  out += "\x1b[J";
  std::cout << out << std::flush;
}

void full_screen::suspend() {
  leave();
  ::raise(SIGSTOP);
  enter();
}

}  // namespace camherd::remote
