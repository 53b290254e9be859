#include "tests/support/catch.hpp"
#include "tests/support/process.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <unistd.h>
#include <vector>

using namespace camherd;
using namespace camherd::testing;

namespace {

const std::string example = std::string{CAMHERD_SOURCE_DIR} + "/config/camherd.example.yaml";

finished_process camherd_with(std::vector<std::string> arguments,
                              std::map<std::string, std::string> environment = {}) {
  auto done = run_process({CAMHERD_PROGRAM, std::move(arguments), std::move(environment)});
  REQUIRE(done);
  UNSCOPED_INFO("out: " << done->out << "\nerr: " << done->err);
  return *std::move(done);
}

/// A file that is gone at the end of the test.
class temporary_file {
 public:
  explicit temporary_file(const std::string& text) {
    auto name = (std::filesystem::temp_directory_path() / "camherd-cli-XXXXXX").string();
    const int fd = ::mkstemp(name.data());
    REQUIRE(fd >= 0);
    ::close(fd);
    path_ = name;
    std::ofstream{path_} << text;
  }
  ~temporary_file() { std::filesystem::remove(path_); }
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("help goes to standard output with examples", "[cli]") {
  const auto done = camherd_with({"--help"});
  CHECK(done.end == process_exit{0, 0});
  CHECK(contains(done.out, "check"));
  CHECK(contains(done.out, "Examples:"));
  CHECK(done.err.empty());
}

TEST_CASE("each command has its own help with examples", "[cli]") {
  const auto done = camherd_with({"check", "--help"});
  CHECK(done.end == process_exit{0, 0});
  CHECK(contains(done.out, "--json"));
  CHECK(contains(done.out, "Examples:"));
}

TEST_CASE("the version is printed", "[cli]") {
  const auto done = camherd_with({"--version"});
  CHECK(done.end == process_exit{0, 0});
  CHECK(done.out.starts_with("camherd "));
}

TEST_CASE("no command is a wrong command line", "[cli]") {
  const auto done = camherd_with({});
  CHECK(done.end == process_exit{2, 0});
  CHECK(done.out.empty());
  CHECK(contains(done.err, "Usage:"));
}

TEST_CASE("an unknown command names the nearest one", "[cli]") {
  const auto done = camherd_with({"chekc", "x.yaml"});
  CHECK(done.end == process_exit{2, 0});
  CHECK(done.out.empty());
  CHECK(contains(done.err, "unknown command 'chekc'; did you mean check?"));
}

TEST_CASE("unknown options and missing arguments are a wrong command line", "[cli]") {
  const auto option = camherd_with({"check", "--jsn", example});
  CHECK(option.end == process_exit{2, 0});
  CHECK(contains(option.err, "--jsn"));
  const auto missing = camherd_with({"check"});
  CHECK(missing.end == process_exit{2, 0});
  CHECK(contains(missing.err, "FILE"));
}

TEST_CASE("check prints what a valid file means, and can read that again", "[cli][check]") {
  const auto first = camherd_with({"check", example});
  REQUIRE(first.end == process_exit{0, 0});
  CHECK(first.err.empty());
  CHECK(first.out.starts_with("# valid: 2 cameras\n"));
  const temporary_file effective{first.out};
  const auto second = camherd_with({"check", effective.path()});
  CHECK(second.end == process_exit{0, 0});
  CHECK(second.out == first.out);
}

TEST_CASE("check prints every problem as compilers do", "[cli][check]") {
  const temporary_file file{
      "cameras:\n"
      "  a: {url: rtsp://h/, trasnport: udp}\n"
      "  b: {url: rtsp://h/, max_age: 10}\n"};
  const auto done = camherd_with({"check", file.path()});
  CHECK(done.end == process_exit{2, 0});
  CHECK(done.out.empty());
  CHECK(done.err ==
        file.path() + ":2:23: unknown key 'trasnport' of a camera; did you mean transport?\n" +
            file.path() +
            ":3:32: max_age '10' needs a unit (ms, s, m or h); did you mean 10s?\n");
}

TEST_CASE("check uses the environment and shows no password", "[cli][check]") {
  const temporary_file file{
      "cameras: {a: 'rtsp://${CLI_TEST_USER}:${CLI_TEST_PASSWORD}@h/'}\n"};
  const auto done = camherd_with(
      {"check", file.path()}, {{"CLI_TEST_USER", "viewer"}, {"CLI_TEST_PASSWORD", "hunter2"}});
  CHECK(done.end == process_exit{0, 0});
  CHECK(contains(done.out, "rtsp://viewer:***@h/"));
  CHECK_FALSE(contains(done.out + done.err, "hunter2"));
}

TEST_CASE("check --json describes a valid file", "[cli][check]") {
  const auto done = camherd_with({"check", "--json", example});
  CHECK(done.end == process_exit{0, 0});
  CHECK(contains(done.out, "\"valid\": true"));
  CHECK(contains(done.out, "\"frame_queue_size\": 8,"));
  CHECK(contains(done.out, "\"max_age\": \"500ms\","));
  CHECK(contains(done.out, "\"enabled\": true,"));
}

TEST_CASE("check --json describes problems and keeps standard error empty", "[cli][check]") {
  const temporary_file file{"cameras: {A: 'rtsp://h/'}\n"};
  const auto done = camherd_with({"check", file.path(), "--json"});
  CHECK(done.end == process_exit{2, 0});
  CHECK(done.err.empty());
  CHECK(contains(done.out, "\"valid\": false"));
  CHECK(contains(done.out, "\"line\": 1,"));
  CHECK(contains(done.out, "\"column\": 11,"));
  CHECK_FALSE(contains(done.out, "\"config\""));
}

TEST_CASE("a file that cannot be read is a configuration error", "[cli][check]") {
  const auto text = camherd_with({"check", "/no/such/file.yaml"});
  CHECK(text.end == process_exit{2, 0});
  CHECK(text.err == "camherd: /no/such/file.yaml: No such file or directory\n");
  const auto json = camherd_with({"check", "--json", "/no/such/file.yaml"});
  CHECK(json.end == process_exit{2, 0});
  CHECK(contains(json.out, "No such file or directory"));
}

TEST_CASE("check fails when its output cannot be written", "[cli][check]") {
  const auto done = run_process(
      {"sh", {"-c", "\"$0\" check \"$1\" >/dev/full", CAMHERD_PROGRAM, example}, {}});
  REQUIRE(done);
  CHECK(done->end == process_exit{1, 0});
  CHECK(contains(done->err, "cannot write"));
}
