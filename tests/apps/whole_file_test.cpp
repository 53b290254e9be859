#include "apps/camherd/whole_file.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace camherd;
using namespace camherd::testing;

namespace {

result<void> write(const std::string& path, std::string_view text,
                   const whole_file_options& options = {}) {
  return write_whole_file(path, std::as_bytes(std::span{text}), options);
}

std::string content(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::size_t files_in(const temporary_folder& folder) {
  const std::filesystem::directory_iterator all{folder.path()};
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

}  // namespace

TEST_CASE("a whole file takes the place of the old one", "[apps][files]") {
  const temporary_folder folder;
  REQUIRE(write(folder / "a.jpg", "the first, longer one"));
  REQUIRE(write(folder / "a.jpg", "second"));
  CHECK(content(folder / "a.jpg") == "second");
  CHECK(files_in(folder) == 1);
}

TEST_CASE("a full disk leaves the old file and nothing else behind", "[apps][files]") {
  const temporary_folder folder;
  REQUIRE(write(folder / "a.jpg", "old"));
  const auto written =
      write(folder / "a.jpg", "new", {.write = [](int, const void*, std::size_t) {
              errno = ENOSPC;
              return ssize_t{-1};
            }});
  REQUIRE_FALSE(written);
  CHECK(written.error().kind() == error_kind::internal);
  CHECK(written.error().message() ==
        "writing " + (folder / "a.jpg") + ": No space left on device");
  CHECK(content(folder / "a.jpg") == "old");
  CHECK(files_in(folder) == 1);
}

TEST_CASE("a link where the unfinished file goes leads nobody astray", "[apps][files]") {
  const temporary_folder folder;
  REQUIRE(write(folder / "victim", "untouched"));
  std::filesystem::create_symlink(folder / "victim", folder / "a.jpg.part");
  REQUIRE(write(folder / "a.jpg", "new"));
  CHECK(content(folder / "victim") == "untouched");
  CHECK(content(folder / "a.jpg") == "new");
  CHECK(files_in(folder) == 2);
}

TEST_CASE("a directory that is missing is told with the path", "[apps][files]") {
  const temporary_folder folder;
  const auto written = write(folder / "none/a.jpg", "new");
  REQUIRE_FALSE(written);
  CHECK(written.error().message() ==
        "writing " + (folder / "none/a.jpg") + ": No such file or directory");
}
