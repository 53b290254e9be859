#include "tests/delivery/fake_camera.hpp"

#include "core/base/runtime_dir.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <unistd.h>

namespace camherd::testing {
namespace {

template <std::size_t Size>
void fill(char (&field)[Size], std::string_view text) {
  std::memcpy(field, text.data(), std::min(text.size(), Size));
}

template <class Message>
std::optional<Message> as(const std::optional<std::vector<std::byte>>& bytes) {
  if (!bytes || bytes->size() != sizeof(Message)) return std::nullopt;
  Message message;
  std::memcpy(&message, bytes->data(), sizeof message);
  return message;
}

}  // namespace

std::optional<std::vector<std::byte>> fake_connection::receive() {
  std::vector<std::byte> bytes(lease::most_message_bytes);
  const auto size = ::recv(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (size <= 0) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(size));
  return bytes;
}

std::optional<lease::hello> fake_connection::hello() {
  return as<lease::hello>(receive());
}

std::optional<std::uint64_t> fake_connection::released() {
  const auto message = as<lease::release>(receive());
  if (!message || message->head.type != lease::message_type::release) return std::nullopt;
  return message->lease;
}

bool fake_connection::is_closed() {
  std::byte byte{};
  ssize_t size = 1;
  while (size > 0) size = ::recv(socket_.get(), &byte, 1, MSG_DONTWAIT);
  return size == 0;
}

void fake_connection::welcome(std::uint8_t leases) {
  lease::welcome message;
  message.leases = leases;
  send(message);
}

void fake_connection::refuse(lease::refusal code, std::string_view text) {
  lease::refused message;
  message.code = code;
  fill(message.text, text);
  send(message);
}

void fake_connection::state(std::uint32_t state, std::string_view reason) {
  lease::state message;
  message.state = state;
  fill(message.reason, reason);
  send(message);
}

void fake_connection::segment(std::uint32_t id, const camherd::segment& memory,
                              std::uint64_t size) {
  segment(id, memory.fd(), size == 0 ? memory.bytes().size() : size);
}

void fake_connection::segment(std::uint32_t id, int descriptor, std::uint64_t size) {
  lease::segment message;
  message.id = id;
  message.size = size;
  message.slot_size = 4096;
  send(&message, sizeof message, std::array{descriptor});
}

void fake_connection::retire(std::uint32_t id) {
  lease::segment_retired message;
  message.id = id;
  send(message);
}

void fake_connection::frame(const lease::frame& message) {
  send(message);
}

void fake_connection::send(const void* message, std::size_t size,
                           std::span<const int> descriptors) {
  iovec part{const_cast<void*>(message), size};
  msghdr envelope{};
  envelope.msg_iov = &part;
  envelope.msg_iovlen = 1;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * 8)> control{};
  if (!descriptors.empty()) {
    envelope.msg_control = control.data();
    envelope.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    auto* const rights = CMSG_FIRSTHDR(&envelope);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(descriptors.size_bytes());
    std::memcpy(CMSG_DATA(rights), descriptors.data(), descriptors.size_bytes());
  }
  REQUIRE(::sendmsg(socket_.get(), &envelope, MSG_NOSIGNAL) == static_cast<ssize_t>(size));
}

fake_camera::fake_camera(std::string name) : name_{std::move(name)} {
  std::filesystem::create_directory(folder_.path() / "cameras");
}

std::string fake_camera::socket_path() const {
  return camera_socket(runtime_dir(), name_);
}

void fake_camera::listen() {
  listening_.reset(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto path = socket_path();
  REQUIRE(path.size() < sizeof address.sun_path);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  REQUIRE(::bind(listening_.get(), reinterpret_cast<const sockaddr*>(&address),
                 sizeof address) == 0);
  REQUIRE(::listen(listening_.get(), 16) == 0);
}

void fake_camera::vanish() {
  listening_.reset();
  std::filesystem::remove(socket_path());
}

std::unique_ptr<fake_connection> fake_camera::accept() {
  unique_fd socket{::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
  return socket ? std::make_unique<fake_connection>(std::move(socket)) : nullptr;
}

lease::frame yuv_frame(std::uint64_t lease, std::uint32_t segment, std::uint32_t width,
                       std::uint32_t height, std::uint64_t offset) {
  lease::frame f;
  f.lease = lease;
  f.segment = segment;
  f.format = 2;
  f.plane_count = 3;
  f.width = f.content_width = f.source_width = width;
  f.height = f.content_height = f.source_height = height;
  for (std::size_t i = 0; i < 3; ++i) {
    const auto rows = i == 0 ? height : (height + 1) / 2;
    const auto row = i == 0 ? width : (width + 1) / 2;
    f.plane_offset[i] = offset;
    f.plane_stride[i] = row;
    f.plane_rows[i] = rows;
    f.plane_row_bytes[i] = row;
    offset += std::uint64_t{row} * rows;
  }
  f.sequence = lease;
  f.clock_rate = 90000;
  return f;
}

}  // namespace camherd::testing
