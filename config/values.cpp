#include "config/values.hpp"

#include "config/nearest.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace camherd {
namespace {

struct unit {
  std::string_view name;
  double factor;
};

constexpr std::array<unit, 4> duration_units{
    {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}}};

constexpr std::array<unit, 8> size_units{{{"B", 1},
                                          {"kB", 1e3},
                                          {"KB", 1e3},
                                          {"MB", 1e6},
                                          {"GB", 1e9},
                                          {"KiB", 1024},
                                          {"MiB", 1024 * 1024},
                                          {"GiB", 1024 * 1024 * 1024}}};

struct quantity {
  double number = 0;
  std::string_view number_text;
  std::string_view unit;
};

// Digits with at most one point, blanks, then whatever follows as the unit.
std::optional<quantity> split(std::string_view text) {
  const auto end = std::min(text.find_first_not_of("0123456789."), text.size());
  quantity parts;
  parts.number_text = text.substr(0, end);
  const char* const last = parts.number_text.data() + end;
  const auto [stop, status] =
      std::from_chars(parts.number_text.data(), last, parts.number, std::chars_format::fixed);
  if (end == 0 || status != std::errc{} || stop != last) return std::nullopt;
  const auto unit_begin = text.find_first_not_of(' ', end);
  if (unit_begin != std::string_view::npos) parts.unit = text.substr(unit_begin);
  return parts;
}

std::string range_text(std::string_view min, std::string_view max) {
  return "must be from " + std::string{min} + " to " + std::string{max};
}

// In the base unit; a problem if it is not whole or out of range.
read_status scale(const quantity& parts, double factor, double min, double max,
                  const std::string& allowed, std::string_view base, double& into) {
  const double value = parts.number * factor;
  if (!(value >= min && value <= max)) return value_problem{allowed, ""};
  into = std::round(value);
  if (std::abs(value - into) > 1e-6) {
    return value_problem{"must be a whole number of " + std::string{base}, ""};
  }
  return std::nullopt;
}

template <std::size_t N>
const unit* find_unit(const std::array<unit, N>& units, std::string_view name) {
  const auto found = std::find_if(units.begin(), units.end(), [&](const unit& candidate) {
    return candidate.name == name;
  });
  return found == units.end() ? nullptr : &*found;
}

}  // namespace

read_status read_duration(std::string_view text, range<std::chrono::milliseconds> allowed,
                          std::chrono::milliseconds& into) {
  const auto parts = split(text);
  if (!parts) return value_problem{"must be a duration such as 10s or 500ms", ""};
  const auto min = static_cast<double>(allowed.min.count());
  const auto max = static_cast<double>(allowed.max.count());
  if (parts->unit.empty()) {
    const bool seconds = parts->number * 1000 >= min && parts->number * 1000 <= max;
    return value_problem{
        "needs a unit (ms, s, m or h)",
        "did you mean " + std::string{parts->number_text} + (seconds ? "s?" : "ms?")};
  }
  const unit* const in = find_unit(duration_units, parts->unit);
  if (in == nullptr) return value_problem{"has an unknown unit; use ms, s, m or h", ""};
  double value = 0;
  if (auto problem = scale(*parts, in->factor, min, max,
                           range_text(print_duration(allowed.min), print_duration(allowed.max)),
                           "milliseconds", value)) {
    return problem;
  }
  into = std::chrono::milliseconds{static_cast<std::int64_t>(value)};
  return std::nullopt;
}

std::string print_duration(std::chrono::milliseconds value) {
  const auto count = value.count();
  if (count == 0 || count % 1000 != 0) return std::to_string(count) + "ms";
  if (count % 60'000 != 0) return std::to_string(count / 1000) + "s";
  if (count % 3'600'000 != 0) return std::to_string(count / 60'000) + "m";
  return std::to_string(count / 3'600'000) + "h";
}

read_status read_size(std::string_view text, range<std::size_t> allowed, std::size_t& into) {
  const auto parts = split(text);
  if (!parts) return value_problem{"must be a size such as 8MiB or 512kB", ""};
  if (parts->unit.empty()) {
    const bool mebibytes = parts->number <= 1024;
    return value_problem{
        "needs a unit (B, kB, MB, GB, KiB, MiB or GiB)",
        "did you mean " + std::string{parts->number_text} + (mebibytes ? "MiB?" : "B?")};
  }
  const unit* const in = find_unit(size_units, parts->unit);
  if (in == nullptr) {
    return value_problem{"has an unknown unit; use B, kB, MB, GB, KiB, MiB or GiB", ""};
  }
  double value = 0;
  if (auto problem =
          scale(*parts, in->factor, static_cast<double>(allowed.min),
                static_cast<double>(allowed.max),
                range_text(print_size(allowed.min), print_size(allowed.max)), "bytes", value)) {
    return problem;
  }
  into = static_cast<std::size_t>(value);
  return std::nullopt;
}

std::string print_size(std::size_t bytes) {
  constexpr std::size_t kibi = 1024;
  if (bytes == 0 || bytes % kibi != 0) return std::to_string(bytes) + "B";
  if (bytes % (kibi * kibi) != 0) return std::to_string(bytes / kibi) + "KiB";
  if (bytes % (kibi * kibi * kibi) != 0) return std::to_string(bytes / (kibi * kibi)) + "MiB";
  return std::to_string(bytes / (kibi * kibi * kibi)) + "GiB";
}

read_status read_count(std::string_view text, range<std::size_t> allowed, std::size_t& into) {
  std::size_t value = 0;
  const char* const last = text.data() + text.size();
  const auto [stop, status] = std::from_chars(text.data(), last, value);
  if (stop != last || text.empty() || status == std::errc::invalid_argument) {
    return value_problem{"must be a whole number", ""};
  }
  if (status != std::errc{} || value < allowed.min || value > allowed.max) {
    return value_problem{range_text(std::to_string(allowed.min), std::to_string(allowed.max)),
                         ""};
  }
  into = value;
  return std::nullopt;
}

read_status read_rate(std::string_view text, double max, double& into) {
  const auto parts = split(text);
  if (!parts || !parts->unit.empty()) return value_problem{"must be a number", ""};
  // What is printed of the smallest numbers would not be read again.
  if (parts->number < 0.001 || parts->number > max) {
    return value_problem{range_text("0.001", print_rate(max)), ""};
  }
  into = parts->number;
  return std::nullopt;
}

std::string print_rate(double value) {
  std::array<char, 64> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value,
                                 std::chars_format::fixed);
  return {digits.data(), end.ptr};
}

read_status read_switch(std::string_view text, bool& into) {
  constexpr std::array<std::string_view, 6> words{"true", "false", "yes", "no", "on", "off"};
  const auto found = std::find(words.begin(), words.end(), lower_case(text));
  if (found == words.end()) return value_problem{"must be true or false", ""};
  into = (found - words.begin()) % 2 == 0;
  return std::nullopt;
}

std::string print_switch(bool value) {
  return value ? "true" : "false";
}

read_status read_path(std::string_view text, std::size_t max_bytes, std::string_view why,
                      std::string& into) {
  if (!text.starts_with('/')) return value_problem{"must be an absolute path", ""};
  if (std::any_of(text.begin(), text.end(), is_control)) {
    return value_problem{"must be a path without control characters", ""};
  }
  if (text.size() > max_bytes) {
    return value_problem{
        "must be a path of at most " + std::to_string(max_bytes) + " bytes" + std::string{why},
        ""};
  }
  into = text;
  return std::nullopt;
}

read_status read_choice(std::string_view text, std::span<const std::string_view> words,
                        std::size_t& into) {
  const auto found = std::find(words.begin(), words.end(), text);
  if (found != words.end()) {
    into = static_cast<std::size_t>(found - words.begin());
    return std::nullopt;
  }
  std::string list;
  for (const auto word : words) {
    if (!list.empty()) list += word == words.back() ? " or " : ", ";
    list += word;
  }
  const auto meant = nearest(text, words);
  return value_problem{"must be " + list,
                       meant ? "did you mean " + std::string{*meant} + "?" : ""};
}

}  // namespace camherd
