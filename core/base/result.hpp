#pragma once

#include "core/base/error.hpp"

#include <cassert>
#include <optional>
#include <utility>
#include <variant>

namespace camherd {

/// A value of type T, or the error that prevented it. Asking for the one that is not there is a
/// bug of the caller and asserts.
template <class T>
class [[nodiscard]] result {
 public:
  result(T value) : state_{std::in_place_index<0>, std::move(value)} {}
  result(camherd::error e) : state_{std::in_place_index<1>, std::move(e)} {}

  [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  [[nodiscard]] T& operator*() & { return value(); }
  [[nodiscard]] const T& operator*() const& { return value(); }
  [[nodiscard]] T&& operator*() && { return std::move(value()); }
  [[nodiscard]] T* operator->() { return &value(); }
  [[nodiscard]] const T* operator->() const { return &value(); }

  [[nodiscard]] const camherd::error& error() const {
    assert(!has_value());
    return *std::get_if<1>(&state_);
  }

 private:
  T& value() {
    assert(has_value());
    return *std::get_if<0>(&state_);
  }
  const T& value() const {
    assert(has_value());
    return *std::get_if<0>(&state_);
  }

  std::variant<T, camherd::error> state_;
};

/// Success, or the error that prevented it.
template <>
class [[nodiscard]] result<void> {
 public:
  result() = default;
  result(camherd::error e) : error_{std::move(e)} {}

  [[nodiscard]] bool has_value() const noexcept { return !error_.has_value(); }
  explicit operator bool() const noexcept { return has_value(); }

  [[nodiscard]] const camherd::error& error() const {
    assert(error_.has_value());
    return *error_;
  }

 private:
  std::optional<camherd::error> error_;
};

}  // namespace camherd
