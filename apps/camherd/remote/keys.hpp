#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace camherd::remote {

/// What a person presses.
struct key {
  enum class kind : std::uint8_t {
    character,  ///< `text` holds it, in UTF-8
    up,
    down,
    left,
    right,
    page_up,
    page_down,
    home,
    end,
    enter,
    backspace,
    escape,
  };
  kind what = kind::character;
  std::string text{};

  friend bool operator==(const key&, const key&) = default;
};

/// Makes keys of the bytes that a terminal sends (ECMA-48, xterm), in pieces of any size.
/// Sequences that mean nothing here are skipped.
class key_reader {
 public:
  /// Bytes beyond what a person can have typed are ignored.
  void feed(std::string_view bytes);

  /// The next key, if it is complete.
  [[nodiscard]] std::optional<key> next();

  /// Nothing more came for a while, so that an escape which waits is the key of this name.
  void settle();

  /// An escape may be the beginning of another key: `settle` is due.
  [[nodiscard]] bool waits() const noexcept { return !bytes_.empty(); }

 private:
  std::string bytes_;
  bool settled_ = false;
};

}  // namespace camherd::remote
