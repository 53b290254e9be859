#include "benchmarks/micro/served_camera.hpp"

#include "benchmarks/made_picture.hpp"

#include <cstdlib>
#include <filesystem>
#include <utility>

namespace camherd::micro {

served_camera::served_camera() {
  auto folder = (std::filesystem::temp_directory_path() / "camherd-micro-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return;
  folder_ = folder;
  shape_ = make_picture({1280, 720, pixel_format::yuv420p});
  if (!shape_.slot) return;
  // What the decoder of a plain stream keeps, the latest frame, the next, a lease.
  auto pool = slot_pool::create(6, shape_.slot.bytes().size());
  shape_.slot = {};
  if (!pool) return;
  pool_ = *std::move(pool);
  frame_server_options options;
  options.runtime_dir = folder_;
  options.make_converter = make_converter;
  auto server = frame_server::create(std::move(options));
  if (!server) return;
  server_ = *std::move(server);
  outlet_ = server_->open(name(), 4, {});
  outlet_->state_changed(camera_state::streaming, "");
}

served_camera::~served_camera() {
  outlet_.reset();
  server_.reset();
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

bool served_camera::publish() {
  auto slot = pool_->acquire();
  if (!slot) return false;
  auto next = shape_;
  for (auto& plane : next.planes) plane.offset += slot->offset();
  next.slot = *std::move(slot);
  next.metadata.sequence = shape_.metadata.sequence++;
  next.metadata.received_at = next.metadata.decoded_at = next.metadata.published_at =
      std::chrono::steady_clock::now();
  outlet_->publish(next);
  return true;
}

}  // namespace camherd::micro
