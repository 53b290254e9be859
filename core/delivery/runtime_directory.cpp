#include "core/delivery/runtime_directory.hpp"

#include "core/base/runtime_dir.hpp"

#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace camherd {
namespace {

constexpr std::size_t longest_name = 63;  // of a camera
constexpr int backlog = 64;

// Makes one directory unless it is there, and checks that it is ours.
result<void> make_directory(const std::string& path) {
  if (::mkdir(path.c_str(), 0750) != 0 && errno != EEXIST) {
    return system_error(error_kind::invalid_argument, "making " + path, errno);
  }
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) {
    return system_error(error_kind::invalid_argument, path, errno);
  }
  if (!S_ISDIR(found.st_mode)) {
    return error{error_kind::invalid_argument, path + " is not a directory"};
  }
  // In a directory of somebody else our sockets could be replaced by theirs.
  if (found.st_uid != ::geteuid()) {
    return error{error_kind::invalid_argument, path + " belongs to another user"};
  }
  return {};
}

result<unique_fd> lock_directory(const std::string& path) {
  const auto file = path + "/camherd.lock";
  unique_fd lock{::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640)};
  if (!lock) return system_error(error_kind::invalid_argument, "opening " + file, errno);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) {
      return error{
          error_kind::invalid_argument,
          path + " is used by another camherd; give this one a runtime_dir of its own"};
    }
    return system_error(error_kind::invalid_argument, "locking " + file, errno);
  }
  return lock;
}

void remove_leftovers(const std::string& folder) {
  std::error_code failed;
  std::filesystem::directory_iterator entry{folder, failed};
  for (const std::filesystem::directory_iterator end; !failed && entry != end;
       entry.increment(failed)) {
    std::error_code ignored;
    if (entry->path().extension() == ".sock" && entry->is_socket(ignored)) {
      std::filesystem::remove(entry->path(), ignored);
    }
  }
}

}  // namespace

runtime_directory::runtime_directory(std::string path, unique_fd lock)
    : path_{std::move(path)}, lock_{std::move(lock)} {}

result<runtime_directory> runtime_directory::open(const std::string& path) {
  if (camera_socket(path, std::string(longest_name, 'a')).size() >=
      sizeof(sockaddr_un::sun_path)) {
    return error{error_kind::invalid_argument,
                 "the runtime directory " + path + " is too long a path for sockets in it"};
  }
  std::error_code failed;
  if (const auto parent = std::filesystem::path{path}.parent_path(); !parent.empty()) {
    std::filesystem::create_directories(parent, failed);
    if (failed) {
      return system_error(error_kind::invalid_argument, "making " + parent.string(),
                          failed.value());
    }
  }
  for (const auto& folder : {path, path + "/cameras"}) {
    if (const auto made = make_directory(folder); !made) return made.error();
  }
  auto lock = lock_directory(path);
  if (!lock) return lock.error();
  remove_leftovers(path + "/cameras");
  return runtime_directory{path, *std::move(lock)};
}

result<unique_fd> runtime_directory::listen(std::string_view camera) const {
  const auto path = camera_socket(path_, camera);
  unique_fd made{::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!made) return system_error(error_kind::internal, "socket", errno);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    return error{error_kind::internal, path + " is too long for a socket"};
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  ::unlink(path.c_str());
  // Nobody but us may connect between bind and the final mode.
  ::fchmod(made.get(), 0600);
  if (::bind(made.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return system_error(error_kind::internal, "binding " + path, errno);
  }
  if (::chmod(path.c_str(), 0660) != 0 || ::listen(made.get(), backlog) != 0) {
    return system_error(error_kind::internal, "listening on " + path, errno);
  }
  return made;
}

void runtime_directory::remove(std::string_view camera) const noexcept try {
  ::unlink(camera_socket(path_, camera).c_str());
} catch (const std::bad_alloc&) {
  // The name stays until the next start; connecting to it is refused.
}

}  // namespace camherd
