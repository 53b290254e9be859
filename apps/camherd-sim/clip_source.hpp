#pragma once

#include "apps/camherd-sim/gst_handles.hpp"
#include "apps/camherd-sim/picture_source.hpp"

#include <memory>
#include <optional>
#include <string>

namespace camherd::sim {

/// The pictures of a video file, at another rate and size if wished.
class clip_source final : public picture_source {
 public:
  /// Opens `path` and decodes its first picture. Pictures are repeated or left out to reach
  /// `fps`; without `size` they keep their own. Errors: `invalid_argument` if the file cannot
  /// be read or decoded, or has an odd or impossible size.
  [[nodiscard]] static result<std::unique_ptr<clip_source>> open(
      const std::string& path, frame_rate fps, std::optional<picture_size> size);

  [[nodiscard]] picture_size size() const override { return size_; }
  [[nodiscard]] result<void> rewind() override;
  [[nodiscard]] result<picture_outcome> next(const yuv_picture& picture) override;

 private:
  clip_source(std::string path, frame_rate fps, std::optional<picture_size> wanted)
      : path_{std::move(path)}, fps_{fps}, wanted_{wanted} {}

  std::string path_;
  frame_rate fps_;
  std::optional<picture_size> wanted_;
  picture_size size_;
  pipeline_ptr pipeline_;
};

}  // namespace camherd::sim
