#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace camherd::http {

/// Immutable bytes that any number of answers may share: a copy is a reference.
class body {
 public:
  body() = default;
  body(std::string text) : body{std::make_shared<const std::string>(std::move(text))} {}
  body(std::shared_ptr<const std::string> text) : bytes_{*text}, owner_{std::move(text)} {}
  body(std::shared_ptr<const std::vector<std::uint8_t>> bytes)
      : bytes_{reinterpret_cast<const char*>(bytes->data()), bytes->size()},
        owner_{std::move(bytes)} {}

  /// Bytes that live as long as the program.
  [[nodiscard]] static body of_program(std::string_view bytes) {
    body b;
    b.bytes_ = bytes;
    return b;
  }

  [[nodiscard]] std::string_view bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }

 private:
  std::string_view bytes_;
  std::shared_ptr<const void> owner_;
};

}  // namespace camherd::http
