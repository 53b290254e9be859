#pragma once

#include "actors/status.hpp"

#include <memory>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace camherd::api {

/// Finds a camera in a report of the herd by its name.
class seen_cameras {
 public:
  /// `status` may be null: then nothing has been seen.
  explicit seen_cameras(std::shared_ptr<const herd_status> status)
      : status_{std::move(status)} {
    if (!status_) return;
    by_name_.reserve(status_->cameras.size());
    for (const auto& camera : status_->cameras) by_name_.emplace(camera.health.name, &camera);
  }

  /// Null if the herd has not reported of it; lives as long as this.
  [[nodiscard]] const camera_status* find(std::string_view name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : found->second;
  }

 private:
  std::shared_ptr<const herd_status> status_;  // shared with all who look at it
  std::unordered_map<std::string_view, const camera_status*> by_name_;
};

}  // namespace camherd::api
