#include "apps/camherd/notify.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <utility>

namespace camherd {

service_notifier::service_notifier(std::string_view address) : address_{address} {
  const bool known = address.size() > 1 && (address[0] == '/' || address[0] == '@');
  if (!known || address.size() >= sizeof(sockaddr_un::sun_path)) return;
  if (address_[0] == '@') address_[0] = '\0';
  socket_ = unique_fd{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
}

service_notifier service_notifier::from_environment() {
  const char* const address = std::getenv("NOTIFY_SOCKET");
  return service_notifier{address == nullptr ? "" : address};
}

void service_notifier::alive() {
  if (!std::exchange(ready_, true)) say("READY=1");
  say("WATCHDOG=1");
}

void service_notifier::stopping() {
  say("STOPPING=1");
}

// Never waits: a service manager that is busy hears of us a second later.
void service_notifier::say(std::string_view message) const {
  if (!socket_) return;
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::copy(address_.begin(), address_.end(), to.sun_path);
  const auto length = offsetof(sockaddr_un, sun_path) + address_.size();
  (void)::sendto(socket_.get(), message.data(), message.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                 reinterpret_cast<const sockaddr*>(&to), static_cast<socklen_t>(length));
}

}  // namespace camherd
