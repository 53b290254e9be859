#include "apps/camherd/whole_file.hpp"

#include "core/base/unique_fd.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <unistd.h>

namespace camherd {
namespace {

// 0, or errno.
int write_all(int fd, std::span<const std::byte> content) {
  while (!content.empty()) {
    const auto written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno != EINTR) return errno;
    if (written > 0) content = content.subspan(static_cast<std::size_t>(written));
  }
  return 0;
}

}  // namespace

result<void> write_whole_file(const std::string& path, std::span<const std::byte> content) {
  const auto unfinished = path + ".part";
  unique_fd file{::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)};
  if (!file) return system_error(error_kind::internal, "writing " + path, errno);
  int failed = write_all(file.get(), content);
  // Some file systems tell only now that there was no room.
  if (::close(file.release()) != 0 && failed == 0) failed = errno;
  if (failed == 0 && std::rename(unfinished.c_str(), path.c_str()) != 0) failed = errno;
  if (failed == 0) return {};
  ::unlink(unfinished.c_str());
  return system_error(error_kind::internal, "writing " + path, failed);
}

}  // namespace camherd
