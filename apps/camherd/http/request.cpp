#include "apps/camherd/http/request.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace camherd::http {
namespace {

constexpr std::array<std::string_view, 7> names{"GET",   "HEAD",   "POST",   "PUT",
                                                "PATCH", "DELETE", "OPTIONS"};

}  // namespace

std::string_view to_string(method m) noexcept {
  return names[static_cast<std::size_t>(m)];
}

std::optional<method> method_named(std::string_view name) noexcept {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<method>(found - names.begin());
}

bool changes_state(method m) noexcept {
  return m != method::get && m != method::head && m != method::options;
}

const std::string* find_field(const std::vector<field>& fields,
                              std::string_view name) noexcept {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const field& f) { return f.name == name; });
  return found == fields.end() ? nullptr : &found->value;
}

const std::string& request::parameter(std::string_view name) const {
  static const std::string empty;
  const auto* const value = find_field(parameters, name);
  assert(value != nullptr);
  return value == nullptr ? empty : *value;
}

}  // namespace camherd::http
