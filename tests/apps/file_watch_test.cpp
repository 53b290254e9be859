#include "apps/camherd/file_watch.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

#include <filesystem>
#include <fstream>
#include <poll.h>

using namespace camherd;
using namespace camherd::testing;
namespace fs = std::filesystem;

namespace {

struct watch_fixture {
  watch_fixture() { write("herd.yaml", "one"); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream{folder / name} << text;
  }

  file_watch watch(const std::string& name = "herd.yaml") const {
    auto made = file_watch::open(folder / name);
    REQUIRE(made);
    return *std::move(made);
  }

  temporary_folder folder;
};

/// Waits for a change; false if none comes.
bool changes(file_watch& watch) {
  constexpr int patience_ms = 30'000;  // against hanging
  for (;;) {
    pollfd ready{watch.fd(), POLLIN, 0};
    if (::poll(&ready, 1, patience_ms) <= 0) return false;
    if (watch.take()) return true;
  }
}

/// True if nothing that happened so far begins or is a change. The kernel reports events before
/// the calls that caused them return.
bool is_at_rest(file_watch& watch) {
  return !watch.take() && !watch.settling();
}

}  // namespace

TEST_CASE_METHOD(watch_fixture, "a file written in place has changed", "[watch]") {
  auto watched = watch();
  CHECK(is_at_rest(watched));
  write("herd.yaml", "two");
  CHECK(changes(watched));
  CHECK(is_at_rest(watched));
  write("herd.yaml", "two");
  CHECK(changes(watched));
}

TEST_CASE_METHOD(watch_fixture, "a file renamed over it, as editors do, has changed",
                 "[watch]") {
  auto watched = watch();
  for (int i = 0; i < 2; ++i) {
    write("herd.yaml.swp", "two");
    fs::rename(folder / "herd.yaml.swp", folder / "herd.yaml");
    CHECK(changes(watched));
  }
}

TEST_CASE_METHOD(watch_fixture, "a file that was deleted and made again has changed",
                 "[watch]") {
  auto watched = watch();
  fs::remove(folder / "herd.yaml");
  CHECK(is_at_rest(watched));
  write("herd.yaml", "two");
  CHECK(changes(watched));
  fs::remove(folder / "herd.yaml");
  write("other.yaml", "three");
  fs::create_symlink("other.yaml", folder / "herd.yaml");
  CHECK(changes(watched));
}

TEST_CASE_METHOD(watch_fixture, "a file is not looked at before its writer closes it",
                 "[watch]") {
  auto watched = watch();
  fs::remove(folder / "herd.yaml");
  std::ofstream half{folder / "herd.yaml"};
  half << "cameras:" << std::flush;
  write("noise", "x");
  CHECK(is_at_rest(watched));
  half << " {}" << std::flush;
  half.close();
  CHECK(changes(watched));
}

TEST_CASE_METHOD(watch_fixture, "many quick changes are one", "[watch]") {
  auto watched = watch();
  for (int i = 0; i < 100; ++i) write("herd.yaml", std::to_string(i));
  CHECK(changes(watched));
  CHECK(is_at_rest(watched));
}

TEST_CASE_METHOD(watch_fixture, "other files beside it change nothing", "[watch]") {
  auto watched = watch();
  write("other.yaml", "x");
  fs::create_directory(folder / "more");
  fs::rename(folder / "other.yaml", folder / "another.yaml");
  fs::create_symlink("another.yaml", folder / "link");
  CHECK(is_at_rest(watched));
}

TEST_CASE_METHOD(watch_fixture, "what a link leads to is watched", "[watch]") {
  fs::create_directory(folder / "real");
  write("real/a.yaml", "one");
  fs::create_symlink(folder / "real/a.yaml", folder / "link.yaml");
  auto watched = watch("link.yaml");
  write("real/a.yaml", "two");
  CHECK(changes(watched));
  fs::create_directory(folder / "elsewhere");
  write("elsewhere/b.yaml", "three");
  fs::create_symlink(folder / "elsewhere/b.yaml", folder / "new");
  fs::rename(folder / "new", folder / "link.yaml");
  CHECK(changes(watched));
  write("real/a.yaml", "nobody cares");
  CHECK(is_at_rest(watched));
  write("elsewhere/b.yaml", "four");
  CHECK(changes(watched));
}

TEST_CASE_METHOD(watch_fixture, "a directory of links turned as Kubernetes does is a change",
                 "[watch]") {
  const auto put = [&](const std::string& version, const std::string& text) {
    fs::create_directory(folder / version);
    write(version + "/herd.yaml", text);
    fs::create_directory_symlink(version, folder / "..data_tmp");
    fs::rename(folder / "..data_tmp", folder / "..data");
  };
  fs::remove(folder / "herd.yaml");
  put("..1", "one");
  fs::create_symlink("..data/herd.yaml", folder / "herd.yaml");
  auto watched = watch();
  put("..2", "two");
  fs::remove_all(folder / "..1");
  CHECK(changes(watched));
  CHECK(is_at_rest(watched));
  put("..3", "three");
  fs::remove_all(folder / "..2");
  CHECK(changes(watched));
}

TEST_CASE_METHOD(watch_fixture, "a path without a directory is one of the working directory",
                 "[watch]") {
  const auto before = fs::current_path();
  fs::current_path(folder.path());
  auto made = file_watch::open("herd.yaml");
  write("herd.yaml", "two");
  const bool changed = made && changes(*made);
  fs::current_path(before);
  CHECK(changed);
}

TEST_CASE_METHOD(watch_fixture, "what is no regular file is not watched", "[watch]") {
  const auto path = GENERATE(as<std::string>{}, "/dev/null", "/no/such/file", "/");
  const auto made = file_watch::open(path);
  REQUIRE_FALSE(made);
  CHECK(made.error().kind() == error_kind::invalid_argument);
}
