#pragma once

#include "actors/status.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace spdlog::sinks {
class sink;
}

namespace camherd {

/// The terminal on standard output: the herd's table, redrawn in place, and under it the latest
/// log lines, which would otherwise run through the table. One thread draws.
class live_screen {
 public:
  /// Null when standard output is no terminal.
  [[nodiscard]] static std::unique_ptr<live_screen> open();

  /// Leaves the last table standing and the cursor under it.
  ~live_screen();

  live_screen(const live_screen&) = delete;
  live_screen& operator=(const live_screen&) = delete;

  /// Where log lines should go; null when standard error is not the same terminal.
  [[nodiscard]] std::shared_ptr<spdlog::sinks::sink> log_sink() const;

  void draw(const herd_status& status);

 private:
  class state;
  explicit live_screen(std::unique_ptr<state> s);

  std::unique_ptr<state> state_;
};

}  // namespace camherd
