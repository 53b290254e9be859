#pragma once

#include "core/base/unique_fd.hpp"

#include <optional>
#include <string>

namespace camherd::testing {

/// The service manager's end of sd_notify(3): a Unix datagram socket.
class datagram_inbox {
 public:
  /// `address`: a path, or `@` and an abstract name. A test fails where it cannot be bound.
  explicit datagram_inbox(std::string address);

  /// What NOTIFY_SOCKET must say.
  [[nodiscard]] const std::string& address() const { return address_; }

  /// The next message; nothing if none comes within ten seconds.
  [[nodiscard]] std::optional<std::string> receive() const;

 private:
  std::string address_;
  unique_fd socket_;
};

}  // namespace camherd::testing
