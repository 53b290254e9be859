#pragma once

#include "apps/camherd/whole_file.hpp"
#include "config/config.hpp"
#include "config/load.hpp"
#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

namespace camherd {

/// What operators have changed beside the configuration file.
struct kept_state {
  std::vector<camera_config> cameras;  ///< in the order of their addition; none is `stopped`
  std::vector<std::string> stopped;    ///< names of cameras, of the configuration file too

  friend bool operator==(const kept_state&, const kept_state&) = default;
};

/// The directory of the state unless the configuration names one: the first of
/// $STATE_DIRECTORY; else /var/lib/camherd for root; else $XDG_STATE_HOME/camherd; else
/// $HOME/.local/state/camherd. Errors: `invalid_argument` where none of them is an absolute
/// path.
[[nodiscard]] result<std::string> default_state_dir(const environment& env, uid_t user);

/// The file in which a camherd keeps what operators changed, readable for its owner only since
/// it holds the passwords of cameras. One thread at a time.
class state_file {
 public:
  /// Takes the directory, which is made where it is missing, for this process alone. `writing`
  /// is for tests; mode and durability in it do not count. Errors: `invalid_argument` if the
  /// directory cannot be used, is another process's, or may be written to by everybody.
  [[nodiscard]] static result<std::unique_ptr<state_file>> open(
      const std::string& directory, whole_file_options writing = {});

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

  /// Nothing at all if there is no file yet. Errors: `corrupt` for a file that was not written
  /// by us, or not by this version; `internal` if it cannot be read. It is never changed.
  [[nodiscard]] result<kept_state> read() const;

  /// Once it has returned without error, the new state is read after any crash; if it has not
  /// returned, the old one or the new one. Errors as `write_whole_file`.
  [[nodiscard]] result<void> write(const kept_state& state) const;

 private:
  state_file(std::string path, unique_fd lock, whole_file_options writing);

  std::string path_;
  unique_fd lock_;
  whole_file_options writing_;
};

}  // namespace camherd
