#include "core/delivery/frame_server.hpp"

#include "core/delivery/camera_channel.hpp"

#include <mutex>
#include <utility>
#include <vector>

namespace camherd {

struct frame_server::parts {
  std::shared_ptr<channel_surroundings>
      around;        // shared with the channels, which may stay longer
  std::mutex mutex;  // cameras are opened on any thread
  std::vector<std::weak_ptr<camera_channel>> channels;
};

frame_server::frame_server(std::unique_ptr<parts> p) noexcept : parts_{std::move(p)} {}

result<std::shared_ptr<frame_server>> frame_server::create(frame_server_options options) {
  auto directory = runtime_directory::open(options.runtime_dir);
  if (!directory) return directory.error();
  auto loop = event_loop::create();
  if (!loop) return loop.error();
  auto made = std::make_unique<parts>();
  made->around = std::make_shared<channel_surroundings>(channel_surroundings{
      std::move(options), *std::move(directory), *std::move(loop), spare_descriptor()});
  return std::shared_ptr<frame_server>{new frame_server{std::move(made)}};
}

frame_server::~frame_server() {
  for (const auto& channel : parts_->channels) {
    if (const auto open = channel.lock()) open->close("camherd is shutting down");
  }
  parts_->around->loop->stop();
}

std::shared_ptr<frame_outlet> frame_server::open(const std::string& camera,
                                                 std::size_t max_leases,
                                                 demand_listener listener) {
  auto channel =
      std::make_shared<camera_channel>(camera, max_leases, std::move(listener), parts_->around);
  channel->start();
  const std::lock_guard lock{parts_->mutex};
  std::erase_if(parts_->channels, [](const auto& old) { return old.expired(); });
  parts_->channels.push_back(channel);
  return channel;
}

}  // namespace camherd
