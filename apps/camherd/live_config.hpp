#pragma once

#include "actors/event_log.hpp"
#include "apps/camherd/file_watch.hpp"
#include "apps/camherd/reload_outcome.hpp"
#include "apps/camherd/steering.hpp"
#include "config/config.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace camherd {

/// Follows the configuration file while camherd runs: reads it again when it has changed or
/// when told to, and applies only the difference. A file with problems changes nothing; the log
/// says each of them, with line and column. One thread uses it.
class live_config {
 public:
  /// `current` was read from `file` after it was begun to `watch` it. `herd` must outlive this.
  /// Files that cannot be watched, such as pipes, are read only when told to.
  live_config(std::string file, result<file_watch> watch, std::shared_ptr<const config> current,
              steering& herd, std::shared_ptr<event_log> log);

  /// Reads and checks new settings of the HTTP server, and returns what makes them take effect;
  /// `unsupported` if only a restart does.
  using http_preparer = std::function<result<std::function<void()>>(const http_config&)>;

  /// To be called once, before the file is read. Every reading prepares the settings of the
  /// server, changed or not, because the files that they name may have changed.
  void serve_with(http_preparer prepare) { prepare_http_ = std::move(prepare); }

  /// Readable when `follow` has something to do; -1 if the file is not watched.
  [[nodiscard]] int fd() const noexcept { return watch_ ? watch_->fd() : -1; }

  /// Reads the file again if it has changed.
  void follow();

  /// Reads the file again.
  void reload();

  /// How the last reading ended. Any thread.
  [[nodiscard]] reload_outcome outcome() const;

 private:
  [[nodiscard]] std::shared_ptr<const config> load();
  void refuse(const std::string& why);

  std::string file_;
  std::shared_ptr<const config> current_;  // shared with the steering
  steering& herd_;
  http_preparer prepare_http_;
  std::shared_ptr<event_log> log_;  // shared with the node
  std::optional<file_watch> watch_;
  mutable std::mutex outcome_mutex_;  // the HTTP server asks
  reload_outcome outcome_;
};

}  // namespace camherd
