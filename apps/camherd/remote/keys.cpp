#include "apps/camherd/remote/keys.hpp"

#include "core/base/text.hpp"

#include <algorithm>

namespace camherd::remote {
namespace {

constexpr std::size_t most_bytes = 4096;
constexpr char escape = '\x1b';

// The key of a sequence behind "ESC [" or "ESC O": its parameters and its last byte.
std::optional<key> key_of(std::string_view parameters, char last) {
  using enum key::kind;
  switch (last) {
    case 'A':
      return key{up};
    case 'B':
      return key{down};
    case 'C':
      return key{right};
    case 'D':
      return key{left};
    case 'H':
      return key{home};
    case 'F':
      return key{end};
    case 'M':  // of the number pad; with parameters it is the mouse
      return parameters.empty() ? std::optional{key{enter}} : std::nullopt;
    case '~':
      break;
    default:
      return std::nullopt;
  }
  const auto number = parameters.substr(0, parameters.find(';'));
  if (number == "1" || number == "7") return key{home};
  if (number == "4" || number == "8") return key{end};
  if (number == "5") return key{page_up};
  if (number == "6") return key{page_down};
  return std::nullopt;
}

std::size_t length_of_character(char first) {
  const auto byte = static_cast<unsigned char>(first);
  if (byte >= 0xf0) return 4;
  if (byte >= 0xe0) return 3;
  return byte >= 0xc0 ? 2 : 1;
}

key plain_key(std::string_view text) {
  switch (text.front()) {
    case '\r':
    case '\n':
      return key{key::kind::enter};
    case '\b':
    case '\x7f':
      return key{key::kind::backspace};
    case escape:
      return key{key::kind::escape};
    default:
      return {key::kind::character, std::string{text}};
  }
}

}  // namespace

void key_reader::feed(std::string_view bytes) {
  settled_ = false;
  bytes_.append(bytes.substr(0, most_bytes - std::min(most_bytes, bytes_.size())));
}

void key_reader::settle() {
  settled_ = true;
}

std::optional<key> key_reader::next() {
  while (!bytes_.empty()) {
    const bool introduces =
        bytes_.size() > 1 && bytes_[0] == escape && (bytes_[1] == '[' || bytes_[1] == 'O');
    if (bytes_[0] == escape && bytes_.size() == 1 && !settled_) return std::nullopt;
    if (!introduces) {
      const auto length = length_of_character(bytes_[0]);
      if (length > bytes_.size() && !settled_) return std::nullopt;
      const auto text = bytes_.substr(0, length);
      bytes_.erase(0, length);
      return plain_key(text);
    }
    const auto last = std::find_if(bytes_.begin() + 2, bytes_.end(),
                                   [](char c) { return c >= '@' && c <= '~'; });
    if (last == bytes_.end() && !settled_) return std::nullopt;
    const auto whole = last == bytes_.end() ? bytes_ : std::string{bytes_.begin(), last + 1};
    bytes_.erase(0, whole.size());
    if (last == bytes_.end() && bytes_.empty() && whole.size() < 3)
      return key{key::kind::escape};
    const auto found =
        key_of(std::string_view{whole}.substr(2, whole.size() - 3), whole.back());
    if (found) return found;
  }
  return std::nullopt;
}

}  // namespace camherd::remote
