#pragma once

#include "core/base/unique_fd.hpp"

#include <string>
#include <string_view>

namespace camherd {

/// Tells the service manager how we are, by the protocol of sd_notify(3): one datagram a
/// message to the Unix socket that $NOTIFY_SOCKET names. Does nothing where nobody listens.
/// One thread uses it.
class service_notifier {
 public:
  /// `address`: a path, `@` and an abstract name, or empty for nobody.
  explicit service_notifier(std::string_view address);

  /// The one that the environment of this process names.
  [[nodiscard]] static service_notifier from_environment();

  /// Everything works: says that we are ready the first time, and feeds the watchdog.
  void alive();

  /// The orderly end has begun.
  void stopping();

 private:
  void say(std::string_view message) const;

  unique_fd socket_;
  std::string address_;
  bool ready_ = false;
};

}  // namespace camherd
