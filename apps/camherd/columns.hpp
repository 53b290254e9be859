#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace camherd {

struct table_size {
  std::size_t columns = 80;
  std::size_t rows = 24;
};

/// Of the terminal on standard output; the usual size if there is none.
[[nodiscard]] table_size terminal_size();

/// Cuts or fills `text` to `width` columns, with control characters as blanks.
[[nodiscard]] std::string fit(std::string text, std::size_t width);

/// `text` at the right end of at least `width` columns.
[[nodiscard]] std::string right(const std::string& text, std::size_t width);

[[nodiscard]] std::string decimal(double value, int digits);

/// `duration` in milliseconds, with one decimal below 10.
[[nodiscard]] std::string short_milliseconds(std::chrono::nanoseconds duration);

}  // namespace camherd
