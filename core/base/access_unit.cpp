#include "core/base/access_unit.hpp"

#include <algorithm>

namespace camherd {

std::string_view to_string(video_codec codec) noexcept {
  switch (codec) {
    case video_codec::h264:
      return "h264";
    case video_codec::h265:
      return "h265";
    case video_codec::mjpeg:
      return "mjpeg";
  }
  return "unknown";
}

void padded_bytes::append(std::span<const std::uint8_t> more) {
  if (more.empty()) return;
  storage_.resize(size_);
  if (const auto needed = size_ + more.size() + padding; needed > storage_.capacity()) {
    storage_.reserve(std::max(needed, 2 * storage_.capacity()));
  }
  storage_.insert(storage_.end(), more.begin(), more.end());
  size_ = storage_.size();
  storage_.resize(size_ + padding);
}

void padded_bytes::prepend(std::span<const std::uint8_t> before) {
  if (before.empty()) return;
  if (empty()) return append(before);
  storage_.insert(storage_.begin(), before.begin(), before.end());
  size_ += before.size();
}

void padded_bytes::clear() noexcept {
  storage_.clear();
  size_ = 0;
}

}  // namespace camherd
