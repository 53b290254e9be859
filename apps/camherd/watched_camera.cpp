#include "apps/camherd/watched_camera.hpp"

#include "apps/camherd/frame_picture.hpp"
#include "apps/camherd/whole_file.hpp"

#include <span>
#include <utility>

namespace camherd::cli {
namespace {

using namespace std::chrono_literals;

result<void> save_to(const std::string& path, const consumer::frame& frame) {
  const auto picture = to_jpeg(frame);
  if (!picture) return picture.error();
  return write_whole_file(path, std::as_bytes(std::span{*picture}));
}

}  // namespace

void watch_figures::add(const watch_figures& other) noexcept {
  frames += other.frames;
  missed += other.missed;
  dropped += other.dropped;
  corrupt += other.corrupt;
  saved += other.saved;
  not_saved += other.not_saved;
  age.merge(other.age);
}

watched_camera::watched_camera(std::string name, const consumer::options& wanted,
                               std::string folder, std::uint64_t most_frames)
    : camera_{std::move(name), wanted}, folder_{std::move(folder)}, most_frames_{most_frames} {}

void watched_camera::read() {
  while (!done()) {
    const auto frame = camera_.next(0ns);
    if (!frame) return;
    count(*frame);
    if (!folder_.empty()) save(*frame);
  }
}

bool watched_camera::done() const noexcept {
  return camera_.refused() || (most_frames_ > 0 && frames() >= most_frames_);
}

watch_figures watched_camera::take_recent() noexcept {
  total_.add(recent_);
  return std::exchange(recent_, {});
}

void watched_camera::count(const consumer::frame& frame) {
  const auto& info = frame.info();
  recent_.age.record(frame.age());
  ++recent_.frames;
  recent_.missed += info.missed_before;
  recent_.dropped += info.dropped_before;
  if (info.corrupt) ++recent_.corrupt;
  size_ = std::to_string(frame.width()) + "x" + std::to_string(frame.height());
  format_ = to_string(frame.format());
}

void watched_camera::save(const consumer::frame& frame) {
  const auto saved = save_to(
      folder_ + "/" + camera_.name() + "-" + std::to_string(frame.info().sequence) + ".jpg",
      frame);
  ++(saved ? recent_.saved : recent_.not_saved);
  save_problem_ = saved ? "" : saved.error().message();
}

}  // namespace camherd::cli
