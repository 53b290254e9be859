#include "apps/camherd/state_file.hpp"

#include "tests/apps/steering_fixture.hpp"

#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <unistd.h>

using namespace camherd;
using namespace camherd::testing;

namespace {

std::unique_ptr<state_file> opened(const std::string& directory,
                                   whole_file_options writing = {}) {
  auto made = state_file::open(directory, std::move(writing));
  if (!made) UNSCOPED_INFO(made.error().message());
  REQUIRE(made);
  return *std::move(made);
}

kept_state some_state() {
  return {
      {camera_of("yard", "rtsp://us%20er:p%40ss@10.0.0.1/x?token=t&b=${V}",
                 {{"transport", "udp"}, {"loop", "no"}, {"frames_per_second_limit", "2.5"}}),
       camera_of("clip", "file:////double/slash.mp4", {{"enabled", "no"}})},
      {"yard", "front-door"}};
}

std::string text_of(const std::string& path) {
  std::ifstream in{path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

mode_t mode_of(const std::string& path) {
  struct stat found {};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  return found.st_mode & 0777;
}

std::vector<std::string> files_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator{folder})
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

/// No file may grow beyond this while it lives.
class file_size_limit {
 public:
  explicit file_size_limit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit tiny{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &tiny);
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
  }
  ~file_size_limit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  file_size_limit(const file_size_limit&) = delete;
  file_size_limit& operator=(const file_size_limit&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int) = nullptr;
};

environment variables(std::map<std::string, std::string, std::less<>> values) {
  return [values = std::move(values)](std::string_view name) -> std::optional<std::string> {
    const auto found = values.find(name);
    if (found == values.end()) return std::nullopt;
    return found->second;
  };
}

}  // namespace

TEST_CASE("a state that was written is read again", "[state]") {
  const temporary_folder folder;
  const auto file = opened(folder / "a/b/state");
  REQUIRE(file->read());
  CHECK(*file->read() == kept_state{});
  REQUIRE(file->write(some_state()));
  REQUIRE(file->read());
  CHECK(*file->read() == some_state());
  REQUIRE(file->write({}));
  CHECK(*file->read() == kept_state{});
}

TEST_CASE("the state is for its owner alone", "[state][secrets]") {
  const temporary_folder folder;
  const auto file = opened(folder / "state");
  // Left behind by a process that was killed, and open to everybody.
  std::ofstream{file->path() + ".part"} << "half";
  REQUIRE(::chmod((file->path() + ".part").c_str(), 0666) == 0);
  REQUIRE(file->write(some_state()));
  CHECK(mode_of(file->path()) == 0600);
  CHECK(mode_of(folder / "state") == 0700);
  CHECK(files_in(folder / "state") == std::vector<std::string>{"cameras.json", "camherd.lock"});
}

TEST_CASE("settings at their default are left out, so that they follow it", "[state]") {
  const temporary_folder folder;
  const auto file = opened(folder / "state");
  REQUIRE(file->write({{camera_of("yard", "rtsp://h/", {{"max_age", "500ms"}})}, {}}));
  const auto text = text_of(file->path());
  CHECK(text.find("yard") != std::string::npos);
  CHECK(text.find("max_age") == std::string::npos);
}

TEST_CASE("a state directory belongs to one camherd at a time", "[state]") {
  const temporary_folder folder;
  auto first = opened(folder / "state");
  const auto second = state_file::open(folder / "state");
  REQUIRE_FALSE(second);
  CHECK(second.error().message() ==
        folder / "state" + " is used by another camherd; give this one a state_dir of its own");
  first.reset();
  CHECK(state_file::open(folder / "state"));
}

TEST_CASE("a directory that cannot hold the state is refused with the reason", "[state]") {
  const temporary_folder folder;
  std::ofstream{folder / "file"} << "x";
  const auto refused = [&](const std::string& directory) {
    const auto made = state_file::open(directory);
    REQUIRE_FALSE(made);
    CHECK(made.error().kind() == error_kind::invalid_argument);
    return made.error().message();
  };
  CHECK(refused(folder / "file") == folder / "file" + " is not a directory");
  CHECK(refused(folder / "file/state").find("Not a directory") != std::string::npos);
  std::filesystem::create_directory(folder / "open");
  REQUIRE(::chmod((folder / "open").c_str(), 0777) == 0);
  CHECK(refused(folder / "open").find("may be written to by everybody") != std::string::npos);
}

TEST_CASE("a damaged state is refused and left as it is", "[state]") {
  const temporary_folder folder;
  const auto file = opened(folder / "state");
  REQUIRE(file->write(some_state()));
  const auto whole = text_of(file->path());
  const auto with = [&](std::string_view from, std::string_view to) {
    auto text = whole;
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  const auto [damaged, reason] = GENERATE_COPY(table<std::string, std::string>({
      {"", "it is cut off or no JSON"},
      {whole.substr(0, whole.size() / 2), "it is cut off or no JSON"},
      {whole + "}", "it is cut off or no JSON"},
      {std::string(100'000, '['), "it is cut off or no JSON"},
      {"[]", "it is no state of camherd"},
      {"{\"camherd_state\": 1}", "something is missing or too much in it"},
      {with("\"camherd_state\": 1", "\"camherd_state\": 2"),
       "another version of camherd wrote it"},
      {with("\"cameras\"", "\"camera\""), "something is missing or too much in it"},
      {with("\"clip\"", "\"yard\""), "camera yard is in it twice"},
      {with("\"clip\"", "7"), "a setting of a camera in it is no text"},
      {with("\"udp\"", "\"upd\""),
       "camera 'yard' in it: transport 'upd' must be tcp, udp or auto; did you mean udp?"},
      {with("\"transport\"", "\"transprot\""),
       "camera 'yard' in it: unknown key 'transprot' of a camera; did you mean transport?"},
      {with("\"front-door\"", "null"), "a stopped camera in it is no text"},
  }));
  std::ofstream{file->path()} << damaged;
  const auto read = file->read();
  REQUIRE_FALSE(read);
  CHECK(read.error().kind() == error_kind::corrupt);
  CHECK(read.error().message() ==
        file->path() + " cannot be used: " + reason +
            ". It was left as it is: restore it, or move it away to begin with the cameras of "
            "the configuration file alone");
  CHECK(text_of(file->path()) == damaged);
}

TEST_CASE("a state that cannot be read is no empty one", "[state]") {
  const temporary_folder folder;
  const auto file = opened(folder / "state");
  std::filesystem::create_directory(file->path());
  REQUIRE_FALSE(file->read());
  CHECK(file->read().error().kind() == error_kind::internal);
}

TEST_CASE("a state is synced before it is renamed, and its directory after", "[state]") {
  const temporary_folder folder;
  std::vector<write_step> steps;
  const auto file =
      opened(folder / "state", {.before = [&](write_step step) { steps.push_back(step); }});
  REQUIRE(file->write(some_state()));
  CHECK(steps == std::vector{write_step::create, write_step::write, write_step::sync_file,
                             write_step::rename, write_step::sync_directory});
}

TEST_CASE("writes that are short or interrupted are gone on with", "[state]") {
  const temporary_folder folder;
  int calls = 0;
  const auto file = opened(
      folder / "state", {.write = [&](int fd, const void* bytes, std::size_t count) -> ssize_t {
        errno = EINTR;
        return ++calls % 2 == 0 ? -1 : ::write(fd, bytes, std::min<std::size_t>(count, 7));
      }});
  REQUIRE(file->write(some_state()));
  CHECK(calls > 10);
  CHECK(*file->read() == some_state());
}

TEST_CASE("a full disk leaves the old state and nothing else", "[state]") {
  const temporary_folder folder;
  bool full = false;
  const auto file = opened(
      folder / "state", {.write = [&](int fd, const void* bytes, std::size_t count) -> ssize_t {
        if (!full) return ::write(fd, bytes, std::min<std::size_t>(count, 50));
        errno = ENOSPC;
        return -1;
      }});
  REQUIRE(file->write(some_state()));
  full = true;
  const auto failed = file->write({});
  REQUIRE_FALSE(failed);
  CHECK(failed.error().message() == "writing " + file->path() + ": No space left on device");
  CHECK(*file->read() == some_state());
  CHECK(files_in(folder / "state") == std::vector<std::string>{"cameras.json", "camherd.lock"});
}

TEST_CASE("a limit on the size of files leaves the old state and nothing else", "[state]") {
  const temporary_folder folder;
  const auto file = opened(folder / "state");
  REQUIRE(file->write({}));
  const auto failed = [&] {
    const file_size_limit limit{100};
    return file->write(some_state());
  }();
  REQUIRE_FALSE(failed);
  CHECK(failed.error().message() == "writing " + file->path() + ": File too large");
  CHECK(*file->read() == kept_state{});
  CHECK(files_in(folder / "state") == std::vector<std::string>{"cameras.json", "camherd.lock"});
}

TEST_CASE("the default of the state directory follows system, user and home", "[state]") {
  const auto of = [](std::map<std::string, std::string, std::less<>> values, uid_t user) {
    const auto found = default_state_dir(variables(std::move(values)), user);
    return found ? *found : std::string{to_string(found.error().kind())};
  };
  CHECK(of({{"STATE_DIRECTORY", "/var/lib/a:/var/lib/b"}, {"HOME", "/h"}}, 0) == "/var/lib/a");
  CHECK(of({{"XDG_STATE_HOME", "/s"}, {"HOME", "/h"}}, 0) == "/var/lib/camherd");
  CHECK(of({{"XDG_STATE_HOME", "/s"}, {"HOME", "/h"}}, 7) == "/s/camherd");
  CHECK(of({{"HOME", "/h"}}, 7) == "/h/.local/state/camherd");
  CHECK(of({}, 7) == "invalid_argument");
  CHECK(of({{"STATE_DIRECTORY", "relative"}}, 7) == "invalid_argument");
}
