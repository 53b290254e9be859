#include "tests/delivery/lease_client.hpp"

#include "core/base/runtime_dir.hpp"

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <poll.h>
#include <stdexcept>

namespace camherd::testing {
namespace {

constexpr int patience_ms = 10'000;

}  // namespace

lease::message_type packet::type() const {
  return bytes.size() < sizeof(lease::header) ? lease::message_type{}
                                              : as<lease::header>().type;
}

unique_fd lease_client::make_socket() {
  return unique_fd{::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)};
}

lease_client::lease_client(unique_fd socket, const std::string& runtime_dir,
                           const std::string& camera)
    : socket_{std::move(socket)} {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto path = camera_socket(runtime_dir, camera);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) !=
      0) {
    throw std::runtime_error{path + ": " + std::strerror(errno)};
  }
}

void lease_client::send(std::span<const std::byte> message) {
  if (::send(socket_.get(), message.data(), message.size(), MSG_NOSIGNAL) < 0 &&
      errno != EPIPE) {
    throw std::runtime_error{std::string{"send: "} + std::strerror(errno)};
  }
}

void lease_client::join(const lease::hello& request) {
  say(request);
  (void)receive(lease::message_type::welcome);
  (void)receive(lease::message_type::state);
}

bool lease_client::has_message() const {
  pollfd waiting{socket_.get(), POLLIN, 0};
  return ::poll(&waiting, 1, 0) > 0;
}

packet lease_client::receive() {
  pollfd waiting{socket_.get(), POLLIN, 0};
  if (::poll(&waiting, 1, patience_ms) <= 0) throw std::runtime_error{"no message came"};
  packet got;
  got.bytes.resize(4096);
  iovec part{got.bytes.data(), got.bytes.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr envelope{};
  envelope.msg_iov = &part;
  envelope.msg_iovlen = 1;
  envelope.msg_control = control;
  envelope.msg_controllen = sizeof(control);
  const auto length = ::recvmsg(socket_.get(), &envelope, MSG_CMSG_CLOEXEC);
  got.bytes.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
  if (const auto* rights = CMSG_FIRSTHDR(&envelope); rights != nullptr) {
    int descriptor = -1;
    std::memcpy(&descriptor, CMSG_DATA(rights), sizeof(descriptor));
    got.descriptor.reset(descriptor);
  }
  if (!got.bytes.empty() && got.as<lease::header>().size != got.bytes.size()) {
    throw std::runtime_error{"a message that does not say its size"};
  }
  if (got.type() == lease::message_type::segment) {
    const auto said = got.as<lease::segment>();
    segments.push_back({said.id, said.size, std::move(got.descriptor)});
  }
  return got;
}

packet lease_client::receive(lease::message_type type) {
  for (;;) {
    auto got = receive();
    if (got.type() == type) return got;
    if (got.bytes.empty()) throw std::runtime_error{"the camera has closed the connection"};
  }
}

void lease_client::release(std::uint64_t lease) {
  lease::release said;
  said.lease = lease;
  say(said);
}

const lease_client::known_segment& lease_client::segment(std::uint32_t id) const {
  for (const auto& known : segments) {
    if (known.id == id) return known;
  }
  throw std::runtime_error{"a frame in an unknown segment"};
}

lease::hello in_format(pixel_format format) {
  lease::hello request;
  request.format = static_cast<std::uint8_t>(format);
  return request;
}

ino_t inode_of(int fd) {
  struct stat found {};
  if (::fstat(fd, &found) != 0) throw std::runtime_error{"no such descriptor"};
  return found.st_ino;
}

std::uint8_t first_sample(const lease_client& client, const lease::frame& f) {
  const auto& memory = client.segment(f.segment);
  void* const mapped =
      ::mmap(nullptr, memory.size, PROT_READ, MAP_SHARED, memory.descriptor.get(), 0);
  if (mapped == MAP_FAILED) throw std::runtime_error{"a segment cannot be mapped"};
  const auto sample = static_cast<const std::uint8_t*>(mapped)[f.plane_offset[0]];
  ::munmap(mapped, memory.size);
  return sample;
}

}  // namespace camherd::testing
