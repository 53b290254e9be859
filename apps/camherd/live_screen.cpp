#include "apps/camherd/live_screen.hpp"

#include "apps/camherd/columns.hpp"
#include "apps/camherd/status_table.hpp"

#include <spdlog/sinks/ringbuffer_sink.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <unistd.h>
#include <utility>

namespace camherd {
namespace {

constexpr std::size_t log_lines = 6;

}  // namespace

class live_screen::state {
 public:
  std::shared_ptr<spdlog::sinks::ringbuffer_sink_mt> log;  // shared with the logger
  colour colours = std::getenv("NO_COLOR") == nullptr ? colour::on : colour::off;
};

std::unique_ptr<live_screen> live_screen::open() {
  if (::isatty(STDOUT_FILENO) == 0) return nullptr;
  auto made = std::make_unique<state>();
  if (::isatty(STDERR_FILENO) != 0) {
    made->log = std::make_shared<spdlog::sinks::ringbuffer_sink_mt>(log_lines);
  }
  return std::unique_ptr<live_screen>{new live_screen{std::move(made)}};
}

live_screen::live_screen(std::unique_ptr<state> s) : state_{std::move(s)} {
  std::cout << "\x1b[2J";
}

live_screen::~live_screen() {
  std::cout << std::endl;
}

std::shared_ptr<spdlog::sinks::sink> live_screen::log_sink() const {
  return state_->log;
}

void live_screen::draw(const herd_status& status) {
  auto size = terminal_size();
  std::vector<std::string> log;
  if (state_->log) {
    log = state_->log->last_formatted(log_lines);
    // A blank line stands between the table and the log, and the cursor needs the last one.
    const auto below = log.size() + 2;
    size.rows = size.rows > below + 3 ? size.rows - below : size.rows;
  }
  std::string out = "\x1b[H";
  for (const auto& line : render_status(status, size, state_->colours))
    out += line + "\x1b[K\n";
  if (!log.empty()) out += "\x1b[K\n";
  for (auto& line : log) {
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
    out += line.substr(0, size.columns) + "\x1b[K\n";
  }
  out += "\x1b[J";
  std::cout << out << std::flush;
}

}  // namespace camherd
