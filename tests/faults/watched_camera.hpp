#pragma once

#include "tests/faults/clean_pictures.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>

namespace camherd::testing {

/// What a consumer got of one camera.
struct watch_tally {
  std::uint64_t good = 0;        ///< frames not marked corrupt
  std::uint64_t flagged = 0;     ///< frames marked corrupt
  std::uint64_t smeared = 0;     ///< frames not marked corrupt that are no clean picture
  std::uint64_t interlaced = 0;  ///< frames marked so
  std::uint64_t gaps =
      0;  ///< times that pictures of the camera were missing between two frames
  std::string first_smear{};
  std::string first_gap{};
  std::set<std::string> states{};  ///< of the camera, ever
  std::set<std::string> sizes{};   ///< of its frames: "320x192"
};

/// A consumer of every frame of a camera, on a thread of its own, which compares each with the
/// clean pictures.
class watched_camera {
 public:
  watched_camera(const std::string& name, const std::string& runtime_dir,
                 std::shared_ptr<const clean_pictures> clean);
  ~watched_camera();

  watched_camera(const watched_camera&) = delete;
  watched_camera& operator=(const watched_camera&) = delete;

  [[nodiscard]] watch_tally tally() const;

  /// Waits until `holds`, asked again after each frame and change of state; false if that does
  /// not come within the patience for a process.
  [[nodiscard]] bool wait_until(const std::function<bool(const watch_tally&)>& holds) const;

  /// Waits for so many frames more that are not marked corrupt.
  [[nodiscard]] bool shows(std::uint64_t frames) const;

 private:
  void run();
  void judge(const consumer::frame& f);

  consumer::camera camera_;
  std::shared_ptr<const clean_pictures> clean_;
  mutable std::mutex mutex_;  // over the tally
  mutable std::condition_variable changed_;
  watch_tally tally_;
  std::optional<std::uint64_t> last_sequence_;
  std::optional<std::size_t> last_picture_;
  std::atomic<bool> stop_ = false;  // read by the thread between two frames
  std::thread thread_;
};

}  // namespace camherd::testing
