#pragma once

#include "config/listen_address.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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

/// How long a path may be, and why: "so that ..."; may be empty.
struct path_limit {
  std::size_t max_bytes;
  std::string_view reason;
};

/// An absolute path within `limit`, without control characters.
[[nodiscard]] read_status read_path(std::string_view text, path_limit limit, std::string& into);

/// A bearer token (RFC 6750) is at least as long, so that it cannot be guessed.
inline constexpr std::size_t min_token_bytes = 16;

/// 16 to 512 characters of ASCII that are neither blanks nor controls.
[[nodiscard]] read_status read_token(std::string_view text, std::string& into);

/// "127.0.0.1:8470, [::1]:8470": one to 16 addresses with commas between them.
[[nodiscard]] read_status read_listen_addresses(std::string_view text,
                                                std::vector<listen_address>& into);

/// "camherd.example.org, cams": names or addresses without ports, with commas between them.
[[nodiscard]] read_status read_host_names(std::string_view text,
                                          std::vector<std::string>& into);

/// One of `words`; `into` becomes its index.
[[nodiscard]] read_status read_choice(std::string_view text,
                                      std::span<const std::string_view> words,
                                      std::size_t& into);

}  // namespace camherd
