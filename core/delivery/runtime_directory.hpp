#pragma once

#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"

#include <string>
#include <string_view>

namespace camherd {

/// The directory with the sockets of this machine's cameras, used by one process at a time.
class runtime_directory {
 public:
  /// Makes `path` and `path`/cameras (mode 0750) as far as they are missing, takes the lock
  /// `path`/camherd.lock, and removes the sockets that a predecessor left. Errors:
  /// `invalid_argument` for a path that cannot be used, belongs to another user, is locked by
  /// another process or is so long that a camera's socket could not be named.
  [[nodiscard]] static result<runtime_directory> open(const std::string& path);

  /// A listening socket (SOCK_SEQPACKET, mode 0660, non-blocking) for `camera`, in the place of
  /// one that may be there. Errors: `internal` with the system's reason.
  [[nodiscard]] result<unique_fd> listen(std::string_view camera) const;

  /// Takes the name of a camera's socket away; connections stay.
  void remove(std::string_view camera) const noexcept;

 private:
  runtime_directory(std::string path, unique_fd lock);

  std::string path_;
  unique_fd lock_;
};

}  // namespace camherd
