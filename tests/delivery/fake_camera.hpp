#pragma once

#include "core/base/unique_fd.hpp"
#include "core/delivery/lease_protocol.hpp"
#include "core/frame/segment.hpp"
#include "tests/support/temporary_folder.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace camherd::testing {

/// The camera's end of one connection. Does nothing of itself: every message is told, right or
/// wrong. Nothing here waits, since sockets keep what the other end has not read yet.
class fake_connection {
 public:
  explicit fake_connection(unique_fd socket) : socket_{std::move(socket)} {}

  /// The next message of the consumer; nothing if none came or it is another.
  [[nodiscard]] std::optional<lease::hello> hello();
  [[nodiscard]] std::optional<std::uint64_t> released();
  /// True once the consumer has closed its end. What it said before is lost.
  [[nodiscard]] bool is_closed();

  void welcome(std::uint8_t leases = 1);
  void refuse(lease::refusal code, std::string_view text);
  void state(std::uint32_t state, std::string_view reason = "");
  /// Sends a segment; `size` is what the message claims, 0: the truth.
  void segment(std::uint32_t id, const camherd::segment& memory, std::uint64_t size = 0);
  void segment(std::uint32_t id, int descriptor, std::uint64_t size);
  void retire(std::uint32_t id);
  void frame(const lease::frame& message);

  void send(const void* message, std::size_t size, std::span<const int> descriptors = {});
  template <class Message>
  void send(const Message& message) {
    send(&message, sizeof message);
  }

 private:
  [[nodiscard]] std::optional<std::vector<std::byte>> receive();

  unique_fd socket_;
};

/// A runtime directory with the socket of one camera, on which connections are accepted when
/// told.
class fake_camera {
 public:
  explicit fake_camera(std::string name = "yard");

  [[nodiscard]] std::string runtime_dir() const { return folder_.path().string(); }
  [[nodiscard]] std::string socket_path() const;

  void listen();
  /// As a daemon that ends: the socket is gone.
  void vanish();
  /// The next connection; null if nobody has connected.
  [[nodiscard]] std::unique_ptr<fake_connection> accept();

 private:
  temporary_folder folder_;
  std::string name_;
  unique_fd listening_;
};

/// A frame of `width` x `height` in format yuv420p at `offset` of segment `segment`.
[[nodiscard]] lease::frame yuv_frame(std::uint64_t lease, std::uint32_t segment,
                                     std::uint32_t width = 64, std::uint32_t height = 48,
                                     std::uint64_t offset = 0);

}  // namespace camherd::testing
