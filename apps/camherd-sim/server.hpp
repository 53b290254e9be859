#pragma once

#include "apps/camherd-sim/camera.hpp"
#include "apps/camherd-sim/options.hpp"
#include "core/base/result.hpp"

#include <gst/rtsp-server/rtsp-server.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace camherd::sim {

/// The RTSP server: mount /camN for each camera, on the default main context of GLib. Made and
/// destroyed on the thread that runs the main loop.
class server {
 public:
  /// Listens. The cameras outlive the server. `epoch` is time zero of all pipelines. Errors:
  /// `internal` if the port cannot be had or there is no payloader or no TLS.
  [[nodiscard]] static result<std::unique_ptr<server>> start(
      const options& o, video_codec codec, std::span<const std::unique_ptr<camera>> cameras,
      mono_time epoch);

  /// Ends every session and waits until no media uses a camera any more.
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

 private:
  server() = default;

  void mount(const options& o, video_codec codec, std::uint32_t number, camera& one,
             mono_time epoch);
  [[nodiscard]] result<void> guard(const options& o);
  [[nodiscard]] result<void> listen(const options& o);

  g_object_ptr<GstRTSPServer> server_;
  gst_ptr<GSource> accepting_;
  gst_ptr<GSource> cleaning_;
  std::uint16_t port_ = 0;
};

}  // namespace camherd::sim
