#include "apps/camherd/api/query_reader.hpp"

#include "core/base/text.hpp"

#include <charconv>

namespace camherd::api {

std::optional<std::string> query_reader::text(std::string_view name) const {
  const auto* said = asked_.query_value(name);
  if (said == nullptr) return std::nullopt;
  return *said;
}

std::uint64_t query_reader::number(std::string_view name, query_range range) {
  const auto read = [&](const std::string& said) -> std::optional<std::uint64_t> {
    std::uint64_t value = 0;
    const auto* const end = said.data() + said.size();
    const auto [rest, failed] = std::from_chars(said.data(), end, value);
    if (failed != std::errc{} || rest != end || value < range.min || value > range.max)
      return std::nullopt;
    return value;
  };
  return choice(
      name, read, range.otherwise,
      "a whole number from " + std::to_string(range.min) + " to " + std::to_string(range.max));
}

bool query_reader::truth(std::string_view name) {
  const auto read = [](const std::string& said) -> std::optional<bool> {
    if (said == "true") return true;
    if (said == "false") return false;
    return std::nullopt;
  };
  return choice(name, read, false, "true or false");
}

void query_reader::wrong(std::string_view name, std::string_view wanted) {
  if (!problems_.empty()) problems_ += "; ";
  problems_ += std::string{name} + ": must be " + std::string{wanted};
}

std::optional<http::response> query_reader::refusal() const {
  if (problems_.empty()) return std::nullopt;
  return http::refuse(422, problems_);
}

}  // namespace camherd::api
