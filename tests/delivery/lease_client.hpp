#pragma once

#include "core/base/unique_fd.hpp"
#include "core/delivery/lease_protocol.hpp"
#include "core/frame/frame.hpp"

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

namespace camherd::testing {

/// A packet from a camera.
struct packet {
  std::vector<std::byte> bytes;  ///< empty: the camera has closed the connection
  unique_fd descriptor;          ///< of a segment

  [[nodiscard]] lease::message_type type() const;

  template <class Message>
  [[nodiscard]] Message as() const {
    Message read;
    std::memcpy(&read, bytes.data(), sizeof(read));
    return read;
  }
};

/// A consumer that says what the test wants, message by message.
class lease_client {
 public:
  /// Connects; throws when that fails.
  lease_client(const std::string& runtime_dir, const std::string& camera)
      : lease_client{make_socket(), runtime_dir, camera} {}

  /// Connects `socket`, which came from `make_socket`.
  lease_client(unique_fd socket, const std::string& runtime_dir, const std::string& camera);
  [[nodiscard]] static unique_fd make_socket();

  void send(std::span<const std::byte> message);
  template <class Message>
  void say(const Message& message) {
    send(std::as_bytes(std::span{&message, 1}));
  }

  /// Says hello and reads the answer and the state that follows it.
  void join(const lease::hello& request = {});

  /// Waits for the next message; throws after ten seconds.
  [[nodiscard]] packet receive();

  /// The next message of this kind, with all before it read. For a frame, its segment is among
  /// `segments`.
  [[nodiscard]] packet receive(lease::message_type type);
  [[nodiscard]] lease::frame receive_frame() {
    return receive(lease::message_type::frame).as<lease::frame>();
  }
  [[nodiscard]] lease::refused receive_refusal() {
    return receive(lease::message_type::refused).as<lease::refused>();
  }

  /// True if a message is there already.
  [[nodiscard]] bool has_message() const;

  void release(std::uint64_t lease);
  void close() { socket_.reset(); }
  [[nodiscard]] int fd() const { return socket_.get(); }

  struct known_segment {
    std::uint32_t id;
    std::uint64_t size;
    unique_fd descriptor;
  };
  std::vector<known_segment> segments;
  [[nodiscard]] const known_segment& segment(std::uint32_t id) const;

 private:
  unique_fd socket_;
};

/// A hello that asks for this format.
[[nodiscard]] lease::hello in_format(pixel_format format);

[[nodiscard]] ino_t inode_of(int fd);

/// The first sample of a frame that `client` has in hand; throws if it cannot be mapped.
[[nodiscard]] std::uint8_t first_sample(const lease_client& client, const lease::frame& f);

}  // namespace camherd::testing
