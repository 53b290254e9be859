#include "apps/camherd/whole_file.hpp"

#include "core/base/unique_fd.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace camherd {
namespace {

class whole_file_writer {
 public:
  whole_file_writer(const std::string& path, const whole_file_options& options)
      : path_{path}, unfinished_{path + ".part"}, options_{options} {}

  /// 0, or errno.
  int write(std::span<const std::byte> content) {
    enter(write_step::create);
    // What a process left that was killed here may have another mode.
    ::unlink(unfinished_.c_str());
    file_.reset(
        ::open(unfinished_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, options_.mode));
    if (!file_) return errno;
    int failed = fill(content);
    if (failed == 0) failed = sync_and_close();
    if (failed == 0) failed = put_in_place();
    if (failed != 0) ::unlink(unfinished_.c_str());
    if (failed != 0 || options_.outlives != durability::machine) return failed;
    enter(write_step::sync_directory);
    const auto directory = std::filesystem::path{path_}.parent_path().string();
    return sync_directory(directory.empty() ? "." : directory);
  }

 private:
  void enter(write_step step) const {
    if (options_.before) options_.before(step);
  }

  int fill(std::span<const std::byte> content) {
    while (!content.empty()) {
      enter(write_step::write);
      const auto written = options_.write
                               ? options_.write(file_.get(), content.data(), content.size())
                               : ::write(file_.get(), content.data(), content.size());
      if (written < 0 && errno != EINTR) return errno;
      if (written > 0) content = content.subspan(static_cast<std::size_t>(written));
    }
    return 0;
  }

  int sync_and_close() {
    int failed = 0;
    if (options_.outlives == durability::machine) {
      enter(write_step::sync_file);
      if (::fsync(file_.get()) != 0) failed = errno;
    }
    // Some file systems tell only now that there was no room.
    if (::close(file_.release()) != 0 && failed == 0) failed = errno;
    return failed;
  }

  int put_in_place() {
    enter(write_step::rename);
    return std::rename(unfinished_.c_str(), path_.c_str()) == 0 ? 0 : errno;
  }

  const std::string& path_;
  const std::string unfinished_;
  const whole_file_options& options_;
  unique_fd file_;
};

}  // namespace

int sync_directory(const std::string& path) {
  const unique_fd directory{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!directory) return errno;
  if (::fsync(directory.get()) == 0 || errno == EINVAL || errno == ENOTSUP) return 0;
  return errno;
}

result<void> write_whole_file(const std::string& path, std::span<const std::byte> content,
                              const whole_file_options& options) {
  const int failed = whole_file_writer{path, options}.write(content);
  if (failed == 0) return {};
  return system_error(error_kind::internal, "writing " + path, failed);
}

}  // namespace camherd
