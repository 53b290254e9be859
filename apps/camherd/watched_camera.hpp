#pragma once

#include "core/base/latency_histogram.hpp"

#include <camherd/consumer.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace camherd::cli {

/// What was seen of a camera over some time.
struct watch_figures {
  std::uint64_t frames = 0;
  std::uint64_t missed = 0;   ///< frames of the camera that did not come here
  std::uint64_t dropped = 0;  ///< access units that the camera dropped
  std::uint64_t corrupt = 0;  ///< of `frames`
  std::uint64_t saved = 0;
  std::uint64_t not_saved = 0;
  latency_histogram age;  ///< from the last packet until here

  void add(const watch_figures& other) noexcept;
};

/// A camera that is watched, and its figures.
class watched_camera {
 public:
  /// `folder`: where its pictures go; empty: nowhere. `most_frames`: after which it is done; 0:
  /// never.
  watched_camera(std::string name, const consumer::options& wanted, std::string folder,
                 std::uint64_t most_frames);

  /// Takes what is there, without waiting.
  void read();

  /// True once it has all its frames or can never have one.
  [[nodiscard]] bool done() const noexcept;
  [[nodiscard]] const consumer::camera& camera() const noexcept { return camera_; }

  /// The figures since the last call, which are added to the total.
  [[nodiscard]] watch_figures take_recent() noexcept;
  [[nodiscard]] const watch_figures& total() const noexcept { return total_; }
  /// Frames so far, of which `total` may not know yet.
  [[nodiscard]] std::uint64_t frames() const noexcept { return total_.frames + recent_.frames; }

  [[nodiscard]] const std::string& size() const noexcept {
    return size_;
  }  ///< of the last frame
  [[nodiscard]] const std::string& format() const noexcept { return format_; }
  /// Why the last picture was not saved; empty if it was.
  [[nodiscard]] const std::string& save_problem() const noexcept { return save_problem_; }

 private:
  void count(const consumer::frame& frame);
  void save(const consumer::frame& frame);

  consumer::camera camera_;
  std::string folder_;
  std::uint64_t most_frames_;
  watch_figures recent_;
  watch_figures total_;
  std::string size_;
  std::string format_;
  std::string save_problem_;
};

}  // namespace camherd::cli
