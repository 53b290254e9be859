#pragma once

#include <ostream>
#include <string>
#include <string_view>

namespace camherd {

/// What the caller should do about an error. Chosen by what helps the caller, not by who
/// failed.
enum class error_kind {
  retry,           ///< passing trouble (network, timeout, server busy): try again later
  authentication,  ///< the camera refused our credentials: retrying soon gets us banned
  unsupported,  ///< the camera offers nothing we can use: only a change of configuration helps
  corrupt,      ///< the peer sent bytes that break its own protocol
  end_of_stream,     ///< the stream ended in good order
  invalid_argument,  ///< a user or caller gave us something unusable
  internal,          ///< a resource of this machine or a bug of ours
};

[[nodiscard]] std::string_view to_string(error_kind kind) noexcept;

/// An error: a kind to act on and one sentence to read. The sentence names the operation and
/// the cause, and never contains a password.
class error {
 public:
  error(error_kind kind, std::string message) : kind_{kind}, message_{std::move(message)} {}

  [[nodiscard]] error_kind kind() const noexcept { return kind_; }
  [[nodiscard]] const std::string& message() const noexcept { return message_; }

  /// The same error with `context` and a colon before its message.
  [[nodiscard]] error within(std::string_view context) const;

  friend bool operator==(const error&, const error&) = default;

 private:
  error_kind kind_;
  std::string message_;
};

std::ostream& operator<<(std::ostream& out, const error& e);

/// An error of kind `kind` for a failed system call: "`operation`: text of errno value `code`".
[[nodiscard]] error system_error(error_kind kind, std::string_view operation, int code);

}  // namespace camherd
