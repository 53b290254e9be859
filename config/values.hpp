#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace camherd {

/// Why a value is refused. `what` never repeats the value; `hint` may ("did you mean 10s?") and
/// is left out where the value must not be shown.
struct value_problem {
  std::string what;
  std::string hint;
};

using read_status = std::optional<value_problem>;

/// Both ends belong to it.
template <class T>
struct range {
  T min;
  T max;
};

/// "10s", "500ms", "2m", "1h", "1.5s"; whole milliseconds.
[[nodiscard]] read_status read_duration(std::string_view text,
                                        range<std::chrono::milliseconds> allowed,
                                        std::chrono::milliseconds& into);
[[nodiscard]] std::string print_duration(std::chrono::milliseconds value);

/// "8MiB", "512kB", "100B"; whole bytes.
[[nodiscard]] read_status read_size(std::string_view text, range<std::size_t> allowed,
                                    std::size_t& into);
[[nodiscard]] std::string print_size(std::size_t bytes);

/// A whole number.
[[nodiscard]] read_status read_count(std::string_view text, range<std::size_t> allowed,
                                     std::size_t& into);

/// A number above 0 and up to `max`.
[[nodiscard]] read_status read_rate(std::string_view text, double max, double& into);
[[nodiscard]] std::string print_rate(double value);

/// true or false, and the other words of YAML 1.1 for them (yes, no, on, off).
[[nodiscard]] read_status read_switch(std::string_view text, bool& into);
[[nodiscard]] std::string print_switch(bool value);

/// An absolute path of at most `max_bytes`, which is `why`, without control characters.
[[nodiscard]] read_status read_path(std::string_view text, std::size_t max_bytes,
                                    std::string_view why, std::string& into);

/// One of `words`; `into` becomes its index.
[[nodiscard]] read_status read_choice(std::string_view text,
                                      std::span<const std::string_view> words,
                                      std::size_t& into);

}  // namespace camherd
