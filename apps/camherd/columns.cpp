#include "apps/camherd/columns.hpp"

#include "core/base/text.hpp"

#include <sys/ioctl.h>

#include <algorithm>
#include <cstdio>
#include <unistd.h>

namespace camherd {

table_size terminal_size() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) {
    return {};
  }
  return {.columns = size.ws_col, .rows = size.ws_row};
}

// Camera names and our own words are ASCII; a camera's words may be longer in bytes than on the
// screen, which only leaves room unused.
std::string fit(std::string text, std::size_t width) {
  std::replace_if(text.begin(), text.end(), is_control, ' ');
  text.resize(width, ' ');
  return text;
}

std::string right(const std::string& text, std::size_t width) {
  return text.size() >= width ? text : std::string(width - text.size(), ' ') + text;
}

std::string decimal(double value, int digits) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

std::string short_milliseconds(std::chrono::nanoseconds duration) {
  const auto ms = std::chrono::duration<double, std::milli>(duration).count();
  return decimal(ms, ms < 10 ? 1 : 0);
}

}  // namespace camherd
