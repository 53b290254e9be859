#include "apps/camherd/status_board.hpp"

#include <sys/eventfd.h>

#include <utility>

namespace camherd {

status_board::status_board() : event_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {}

void status_board::on_status(std::shared_ptr<const herd_status> status) {
  put(std::move(status), false);
}

void status_board::on_stopped(std::shared_ptr<const herd_status> status) {
  put(std::move(status), true);
}

void status_board::put(std::shared_ptr<const herd_status> status, bool stopped) {
  const std::lock_guard lock{mutex_};
  newest_ = status;
  news_.status = std::move(status);
  news_.stopped |= stopped;
  ::eventfd_write(event_.get(), 1);
}

status_board::news status_board::take() {
  const std::lock_guard lock{mutex_};
  eventfd_t count = 0;
  ::eventfd_read(event_.get(), &count);
  auto taken = news_;
  news_.status.reset();
  return taken;
}

std::shared_ptr<const herd_status> status_board::newest() const {
  const std::lock_guard lock{mutex_};
  return newest_;
}

}  // namespace camherd
