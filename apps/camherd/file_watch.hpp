#pragma once

#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace camherd {

/// Tells when a file has new content, however it came there: written in place, renamed over it
/// as editors do, or a symbolic link turned to another file as Kubernetes does. Changes that
/// follow each other quickly are one. One thread uses it.
class file_watch {
 public:
  /// Changes count once nothing has come for this long...
  static constexpr std::chrono::milliseconds quiet_time{100};
  /// ...or at the latest so long after the first.
  static constexpr std::chrono::milliseconds longest_wait{2000};

  /// `path` must be a regular file, or a link to one. Errors: `invalid_argument` if it is not,
  /// `internal` where the system watches no more files (fs.inotify.max_user_instances).
  [[nodiscard]] static result<file_watch> open(const std::string& path);

  /// Readable while there is something to `take`.
  [[nodiscard]] int fd() const noexcept { return poll_.get(); }

  /// True if the file has changed since the last time it was.
  [[nodiscard]] bool take();

  /// True while a change that was noticed waits for its quiet time.
  [[nodiscard]] bool settling() const noexcept { return changed_since_.has_value(); }

 private:
  struct identity {
    dev_t device = 0;
    ino_t inode = 0;
    friend bool operator==(const identity&, const identity&) = default;
  };
  struct watched_name {
    int watch = -1;  // inotify's number of the directory
    std::string directory;
    std::string name;
  };

  explicit file_watch(std::string path) : path_{std::move(path)} {}

  [[nodiscard]] result<watched_name> watch(const std::string& path);
  void follow_links();
  [[nodiscard]] bool read_events();
  [[nodiscard]] bool concerns_file(int watch, const char* name, std::uint32_t what) const;
  [[nodiscard]] std::optional<identity> target() const;
  void postpone();

  std::string path_;
  unique_fd events_;
  unique_fd timer_;
  unique_fd poll_;  // both together
  watched_name file_;
  watched_name linked_;  // what the file is a link to; the file itself if it is none
  std::optional<identity> known_;
  std::optional<std::chrono::steady_clock::time_point> changed_since_;
};

}  // namespace camherd
