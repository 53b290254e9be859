#pragma once

#include "apps/camherd/http/request.hpp"
#include "apps/camherd/http/response.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace camherd::api {

/// The least and the greatest value of a number in a query, and what it is when it is missing.
struct query_range {
  std::uint64_t min = 0;
  std::uint64_t max = 0;
  std::uint64_t otherwise = 0;
};

/// Reads the parameters of a query and remembers what is wrong with them. Parameters that
/// nobody asks for are none of its business. `asked` must outlive it.
class query_reader {
 public:
  explicit query_reader(const http::request& asked) : asked_{asked} {}

  [[nodiscard]] std::optional<std::string> text(std::string_view name) const;
  [[nodiscard]] std::uint64_t number(std::string_view name, query_range range);

  /// "true" or "false"; false when it is missing.
  [[nodiscard]] bool truth(std::string_view name);

  /// What `read` makes of the parameter's text, `otherwise` when it is missing; wrong if `read`
  /// returns nothing. `choices` are what may be said, in words.
  template <class T, class Read>
  [[nodiscard]] T choice(std::string_view name, Read read, T otherwise,
                         std::string_view choices) {
    const auto* said = asked_.query_value(name);
    if (said == nullptr) return otherwise;
    if (const auto value = read(*said)) return *value;
    wrong(name, choices);
    return otherwise;
  }

  /// 422 with everything that was wrong so far; nothing if nothing was.
  [[nodiscard]] std::optional<http::response> refusal() const;

 private:
  void wrong(std::string_view name, std::string_view wanted);

  const http::request& asked_;
  std::string problems_;
};

}  // namespace camherd::api
