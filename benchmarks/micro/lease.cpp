// What does it cost to give a frame back and to have the next one in hand, beside a bare round
// trip over a socket with the same bytes, with and without a descriptor in it, and beside
// sending the pixels?

#include "benchmarks/micro/served_camera.hpp"
#include "core/delivery/include/camherd/consumer.hpp"
#include "core/delivery/lease_protocol.hpp"

#include <benchmark/benchmark.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace camherd::micro {
namespace {

constexpr std::size_t picture_bytes = std::size_t{1280} * 720 * 3 / 2;

// The next frame is published before the last is given back, so that each round trip is one:
// the release goes to the server's thread, which sends the frame that waits.
void lease(benchmark::State& state) {
  served_camera camera;
  if (!camera) return state.SkipWithError("no frame server");
  consumer::options options;
  options.runtime_dir = camera.runtime_dir();
  consumer::camera reader{served_camera::name(), options};
  if (!camera.publish()) return state.SkipWithError("no slot was free");
  auto held = reader.next(std::chrono::seconds{10});
  for (auto _ : state) {
    if (!camera.publish()) return state.SkipWithError("no slot was free");
    const auto before = held->info().sequence;
    held.reset();
    held = reader.next(std::chrono::seconds{10});
    if (!held || held->info().sequence != before + 1)
      return state.SkipWithError("a frame is missing");
  }
  state.SetItemsProcessed(state.iterations());
}

/// A thread that answers each release on its end of a socket pair.
class answering_thread {
 public:
  using answer = std::function<bool(int socket)>;

  answering_thread(int type, answer with) {
    std::array<int, 2> ends{-1, -1};
    if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()) != 0) return;
    ours_.reset(ends[0]);
    theirs_.reset(ends[1]);
    thread_ = std::thread{[socket = theirs_.get(), with = std::move(with)] {
      lease::release asked;
      while (::recv(socket, &asked, sizeof asked, MSG_WAITALL) == sizeof asked) {
        if (!with(socket)) return;
      }
    }};
  }
  ~answering_thread() {
    ::shutdown(ours_.get(), SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
  }
  answering_thread(const answering_thread&) = delete;
  answering_thread& operator=(const answering_thread&) = delete;

  [[nodiscard]] int socket() const noexcept { return ours_.get(); }

  [[nodiscard]] bool ask() const {
    const lease::release request;
    return ::send(socket(), &request, sizeof request, MSG_NOSIGNAL) == sizeof request;
  }

 private:
  unique_fd ours_;
  unique_fd theirs_;
  std::thread thread_;
};

/// A frame message, and room for a descriptor beside it.
struct packet {
  explicit packet(lease::frame& content) : bytes{&content, sizeof content} {
    head.msg_iov = &bytes;
    head.msg_iovlen = 1;
    head.msg_control = control.data();
    head.msg_controllen = control.size();
  }

  void attach(int fd) {
    auto* const part = CMSG_FIRSTHDR(&head);
    part->cmsg_level = SOL_SOCKET;
    part->cmsg_type = SCM_RIGHTS;
    part->cmsg_len = CMSG_LEN(sizeof fd);
    std::memcpy(CMSG_DATA(part), &fd, sizeof fd);
  }

  [[nodiscard]] unique_fd attached() {
    auto* const part = CMSG_FIRSTHDR(&head);
    if (part == nullptr || part->cmsg_type != SCM_RIGHTS) return {};
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(part), sizeof fd);
    return unique_fd{fd};
  }

  iovec bytes;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr head{};
};

void lease_socket(benchmark::State& state) {
  const answering_thread camera{SOCK_SEQPACKET, [](int socket) {
                                  const lease::frame frame;
                                  return ::send(socket, &frame, sizeof frame, MSG_NOSIGNAL) ==
                                         sizeof frame;
                                }};
  lease::frame received;
  for (auto _ : state) {
    if (!camera.ask() ||
        ::recv(camera.socket(), &received, sizeof received, 0) != sizeof received) {
      return state.SkipWithError("no answer");
    }
  }
  state.SetItemsProcessed(state.iterations());
}

void lease_socket_with_descriptor(benchmark::State& state) {
  const unique_fd memory{::memfd_create("picture", MFD_CLOEXEC)};
  const answering_thread camera{SOCK_SEQPACKET, [fd = memory.get()](int socket) {
                                  lease::frame frame;
                                  packet sent{frame};
                                  sent.attach(fd);
                                  return ::sendmsg(socket, &sent.head, MSG_NOSIGNAL) ==
                                         sizeof frame;
                                }};
  lease::frame content;
  for (auto _ : state) {
    packet received{content};
    if (!camera.ask() ||
        ::recvmsg(camera.socket(), &received.head, MSG_CMSG_CLOEXEC) != sizeof content ||
        !received.attached()) {
      return state.SkipWithError("no answer");
    }
  }
  state.SetItemsProcessed(state.iterations());
}

// What a program does that hands pictures on through a pipe or a socket.
void lease_pixels(benchmark::State& state) {
  std::vector<std::uint8_t> pixels(picture_bytes, 1);
  const answering_thread camera{SOCK_STREAM, [&pixels](int socket) {
                                  std::span<const std::uint8_t> left{pixels};
                                  while (!left.empty()) {
                                    const auto sent =
                                        ::send(socket, left.data(), left.size(), MSG_NOSIGNAL);
                                    if (sent <= 0) return false;
                                    left = left.subspan(static_cast<std::size_t>(sent));
                                  }
                                  return true;
                                }};
  std::vector<std::uint8_t> received(picture_bytes);
  for (auto _ : state) {
    if (!camera.ask() || ::recv(camera.socket(), received.data(), received.size(),
                                MSG_WAITALL) != static_cast<ssize_t>(received.size())) {
      return state.SkipWithError("no answer");
    }
  }
  state.SetItemsProcessed(state.iterations());
}

void round_trip(benchmark::internal::Benchmark* measured) {
  measured->UseRealTime()->MeasureProcessCPUTime();
}

BENCHMARK(lease)->Apply(round_trip);
BENCHMARK(lease_socket)->Apply(round_trip);
BENCHMARK(lease_socket_with_descriptor)->Apply(round_trip);
BENCHMARK(lease_pixels)->Apply(round_trip);

}  // namespace
}  // namespace camherd::micro
