#include "core/delivery/consumer_acceptor.hpp"

#include "core/delivery/consumer_link.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>
#include <fcntl.h>
#include <utility>

namespace camherd {
namespace {

// Connections taken before those that came earlier may say hello: fewer than make each other
// room.
constexpr int connections_a_turn = 8;

}  // namespace

unique_fd spare_descriptor() {
  return unique_fd{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
}

consumer_acceptor::consumer_acceptor(std::string camera,
                                     std::shared_ptr<channel_surroundings> around, arrival came)
    : camera_{std::move(camera)}, around_{std::move(around)}, came_{std::move(came)} {}

consumer_acceptor::~consumer_acceptor() {
  close();
}

result<void> consumer_acceptor::listen() {
  auto socket = around_->directory.listen(camera_);
  if (!socket) return socket.error();
  const std::lock_guard lock{mutex_};
  listening_ = *std::move(socket);
  auto watched = around_->loop->watch(listening_.get(), EPOLLIN,
                                      [acceptor = weak_from_this()](std::uint32_t) {
                                        if (const auto self = acceptor.lock())
                                          self->accept_some();
                                      });
  if (!watched) {
    around_->directory.remove(camera_);
    listening_.reset();
    return watched.error();
  }
  watched_ = *watched;
  return {};
}

void consumer_acceptor::close() {
  const std::lock_guard lock{mutex_};
  if (!listening_) return;
  around_->directory.remove(camera_);
  around_->loop->forget(watched_, listening_.get());
  listening_.reset();
}

unique_fd consumer_acceptor::accept_one(int& failed) {
  const std::lock_guard lock{mutex_};
  unique_fd socket{::accept4(listening_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
  failed = errno;
  return socket;
}

void consumer_acceptor::accept_some() {
  for (int i = 0; i < connections_a_turn; ++i) {
    int failed = 0;
    auto socket = accept_one(failed);
    if (socket) {
      came_(std::move(socket));
    } else if (failed == EMFILE || failed == ENFILE) {
      return refuse_without_descriptors();
    } else if (failed != EINTR && failed != ECONNABORTED) {
      return;
    }
  }
}

// One that nobody accepts would keep the loop awake, and its consumer without an answer.
void consumer_acceptor::refuse_without_descriptors() {
  if (around_->options.on_problem) {
    around_->options.on_problem(
        camera_, error{error_kind::internal, "no descriptors are left for another consumer"});
  }
  around_->spare.reset();
  int failed = 0;
  if (auto socket = accept_one(failed)) {
    consumer_link{std::move(socket)}.refuse(
        {lease::refusal::busy, "camherd has no descriptors left (ulimit -n)"});
  }
  around_->spare = spare_descriptor();
}

}  // namespace camherd
