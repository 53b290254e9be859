#include "core/base/access_unit.hpp"

#include "core/base/memory_shortage.hpp"

#include <algorithm>
#include <cstddef>
#include <new>

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

void padded_bytes::give_back_room() {
  if (storage_.capacity() - storage_.size() >= storage_.size() / 8) storage_.shrink_to_fit();
}

void padded_bytes::make_room(std::size_t size) {
  if (size <= storage_.capacity()) return;
  if (!leaves_headroom(size)) throw std::bad_alloc{};
  storage_.reserve(size);
}

// Doubled, so that many small pieces are moved a few times only.
void padded_bytes::make_room_for(std::size_t more) {
  const auto needed = size_ + more + padding;
  if (needed > storage_.capacity()) make_room(std::max(needed, 2 * storage_.capacity()));
}

void padded_bytes::append(std::span<const std::uint8_t> more) {
  if (more.empty()) return;
  make_room_for(more.size());
  if (empty()) storage_.resize(padding);
  // Inserting before the padding moves it along: no byte is written twice.
  storage_.insert(storage_.end() - padding, more.begin(), more.end());
  size_ += more.size();
}

void padded_bytes::prepend(std::span<const std::uint8_t> before) {
  if (before.empty()) return;
  if (empty()) return append(before);
  make_room_for(before.size());
  storage_.insert(storage_.begin(), before.begin(), before.end());
  size_ += before.size();
}

void padded_bytes::truncate(std::size_t size) noexcept {
  if (size >= size_) return;
  if (size == 0) return clear();
  storage_.erase(storage_.end() - static_cast<std::ptrdiff_t>(padding + size_ - size),
                 storage_.end() - padding);
  size_ = size;
}

void padded_bytes::clear() noexcept {
  storage_.clear();
  size_ = 0;
}

}  // namespace camherd
