#pragma once

#include "core/delivery/frame_server.hpp"
#include "core/media/converter.hpp"

#include <memory>
#include <string>

namespace camherd::micro {

/// A camera of 1280x720 in a frame server of its own, in a folder that goes away with it.
class served_camera {
 public:
  served_camera();
  ~served_camera();
  served_camera(const served_camera&) = delete;
  served_camera& operator=(const served_camera&) = delete;

  /// False if it could not be had.
  explicit operator bool() const noexcept { return outlet_ != nullptr; }

  /// Takes a free slot, as the decoder does, and publishes it as the next frame. False if no
  /// slot was free.
  bool publish();

  [[nodiscard]] static const char* name() noexcept { return "yard"; }
  [[nodiscard]] const std::string& runtime_dir() const noexcept { return folder_; }
  /// Bytes of a picture.
  [[nodiscard]] std::size_t picture_bytes() const noexcept { return pool_->slot_bytes(); }

 private:
  std::string folder_;
  frame shape_;  // without a slot
  std::shared_ptr<slot_pool> pool_;
  std::shared_ptr<frame_server> server_;
  std::shared_ptr<frame_outlet> outlet_;
};

}  // namespace camherd::micro
