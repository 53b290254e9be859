#pragma once

#include "core/base/result.hpp"
#include "core/frame/frame_sink.hpp"
#include "core/frame/rendition.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace camherd {

struct frame_server_options {
  /// Made (mode 0750) if it does not exist; one server at a time uses a directory.
  std::string runtime_dir{};
  /// Connections of one camera that have not said `hello` yet; the oldest makes room.
  std::size_t max_strangers = 16;
  std::chrono::milliseconds hello_timeout{5000};
  /// Memory for one rendition of one camera; consumers who need more are refused.
  std::size_t max_rendition_bytes = std::size_t{256} << 20U;
  converter_factory make_converter{};
  /// Hears, on any thread, of what an operator should know; `camera` is empty for the server
  /// itself.
  std::function<void(std::string_view camera, const error& what)> on_problem{};
};

/// Serves frames in shared memory to consumers in other processes: the camera's side of the
/// lease protocol (docs/ref/lease-protocol.md) on one Unix socket a camera.
///
/// One thread listens to all consumers of all cameras. Frames are sent, and other renditions of
/// them made, by the thread that publishes them; where a consumer was busy then, by the
/// server's thread once it has a lease to give. A consumer never holds up another nor the
/// camera: what cannot be sent at once is not sent.
class frame_server final : public frame_sink {
 public:
  /// Errors: `invalid_argument` for a directory that cannot be used, is used by another server
  /// or is too long a path; `internal` without descriptors.
  [[nodiscard]] static result<std::shared_ptr<frame_server>> create(
      frame_server_options options);

  /// Sends all consumers away and ends the thread. Outlets that live longer take frames into
  /// nothing.
  ~frame_server() override;
  frame_server(const frame_server&) = delete;
  frame_server& operator=(const frame_server&) = delete;

  [[nodiscard]] std::shared_ptr<frame_outlet> open(const std::string& camera,
                                                   std::size_t max_leases,
                                                   demand_listener listener) override;

 private:
  struct parts;
  explicit frame_server(std::unique_ptr<parts> p) noexcept;
  std::unique_ptr<parts> parts_;
};

}  // namespace camherd
