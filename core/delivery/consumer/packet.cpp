#include "core/delivery/consumer/packet.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace camherd::consumer {

packet::outcome packet::receive(int socket) {
  for (auto& descriptor : descriptors()) descriptor.reset();
  size_ = 0;
  count_ = 0;
  iovec room{bytes_.data(), bytes_.size()};
  alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(sizeof(int) * 4)> control{};
  msghdr message{};
  message.msg_iov = &room;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ssize_t received = -1;
  do {
    received = ::recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  } while (received < 0 && errno == EINTR);
  if (received < 0)
    return errno == EAGAIN || errno == EWOULDBLOCK ? outcome::nothing : outcome::failed;

  for (auto* part = CMSG_FIRSTHDR(&message); part != nullptr;
       part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    const auto came = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < came; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(part) + i * sizeof fd, sizeof fd);
      unique_fd owned{fd};
      if (count_ < descriptors_.size()) descriptors_[count_++] = std::move(owned);
    }
  }
  if ((message.msg_flags & MSG_CTRUNC) != 0) return outcome::no_descriptors;
  if ((message.msg_flags & MSG_TRUNC) != 0) return outcome::too_long;
  if (received == 0) return outcome::ended;
  size_ = static_cast<std::size_t>(received);
  return outcome::received;
}

}  // namespace camherd::consumer
