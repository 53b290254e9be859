#include "core/delivery/consumer/lease_ledger.hpp"

#include "core/delivery/lease_protocol.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <poll.h>
#include <utility>

namespace camherd::consumer {

lease_ledger::lease_ledger(unique_fd socket, release_policy policy)
    : socket_{std::move(socket)}, policy_{policy} {}

void lease_ledger::grant(unsigned leases) {
  const std::lock_guard lock{mutex_};
  ended_.reserve(leases);
  credit_ = leases;
}

bool lease_ledger::take(std::uint64_t lease) noexcept {
  const std::lock_guard lock{mutex_};
  if (credit_ == 0 || (any_ && lease <= last_)) return false;
  --credit_;
  last_ = lease;
  any_ = true;
  return true;
}

void lease_ledger::ask() noexcept {
  const std::lock_guard lock{mutex_};
  asking_ = true;
  send_due();
}

void lease_ledger::answered() noexcept {
  const std::lock_guard lock{mutex_};
  asking_ = false;
}

bool lease_ledger::asking() const noexcept {
  const std::lock_guard lock{mutex_};
  return asking_;
}

bool lease_ledger::has_credit() const noexcept {
  const std::lock_guard lock{mutex_};
  return credit_ > 0;
}

bool lease_ledger::exhausted() const noexcept {
  const std::lock_guard lock{mutex_};
  return any_ && credit_ == 0 && ended_.empty();
}

bool lease_ledger::stands() const noexcept {
  pollfd end{socket_.get(), 0, 0};  // POLLHUP and POLLERR are always told
  return ::poll(&end, 1, 0) == 0;
}

void lease_ledger::give_back(std::uint64_t lease) noexcept {
  const std::lock_guard lock{mutex_};
  ended_.push_back(lease);
  send_due();
}

void lease_ledger::send_due() noexcept {
  while (!ended_.empty() && (policy_ == release_policy::at_once || (asking_ && credit_ == 0))) {
    lease::release message;
    message.lease = ended_.front();
    ssize_t sent = -1;
    do {
      sent = ::send(socket_.get(), &message, sizeof message, MSG_DONTWAIT | MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    if (sent < 0) return;
    ended_.erase(ended_.begin());
    ++credit_;
  }
}

}  // namespace camherd::consumer
