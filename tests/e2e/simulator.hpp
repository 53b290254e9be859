#pragma once

#include "core/base/sent_log.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace camherd::testing {

/// Pictures from one keyframe to the next in `small_scene`.
inline constexpr unsigned small_gop = 10;

/// Arguments of camherd-sim for pictures of 320x240, 25 a second. Every MJPEG picture is a
/// keyframe.
[[nodiscard]] std::vector<std::string> small_scene(const std::string& codec = "h264");

/// camherd-sim, a server made of GStreamer's, on a free port of loopback. A test fails where it
/// cannot be started.
class simulator {
 public:
  /// `arguments`: what to send and to whom; number of cameras, port and sent log are its own.
  simulator(unsigned cameras, std::vector<std::string> arguments);

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

  /// The address of a camera; `login` is "user:password@" or empty.
  [[nodiscard]] std::string url(unsigned camera, const std::string& login = "") const;

  /// Waits until it has sent so many pictures of every camera from now on.
  [[nodiscard]] bool sends(std::uint64_t pictures);

  /// Waits until a client has sent it such a request about a camera.
  [[nodiscard]] bool hears(const std::string& method, unsigned camera);

  /// Kills it, as a power failure does.
  void kill();

  /// Starts it again on the same port.
  void start_again() { start(port_); }

 private:
  void start(std::uint16_t port);

  unsigned cameras_;
  std::vector<std::string> arguments_;
  temporary_folder folder_;
  std::uint16_t port_ = 0;
  std::string scheme_;
  std::optional<child_process> process_;
  std::optional<sent_log_reader> sent_;
};

}  // namespace camherd::testing
