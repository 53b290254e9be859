#include "tests/e2e/herd_run.hpp"
#include "tests/e2e/simulator.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/jpeg_size.hpp"
#include "tests/support/temporary_folder.hpp"

#include <nlohmann/json.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <string>
#include <utility>

using namespace camherd;
using namespace camherd::testing;
using nlohmann::json;

namespace {

/// One camera that streams and one that is not there.
struct two_cameras {
  two_cameras()
      : sim{1, small_scene()},
        run{"  cam0: " + sim.url(0) + "\n  gone: rtsp://127.0.0.1:1/\n"} {
    REQUIRE(run.logs("cam0", "streaming"));
  }

  command_line camherd(std::vector<std::string> arguments) const {
    return {
        CAMHERD_PROGRAM, std::move(arguments), {{"CAMHERD_RUNTIME_DIR", run.runtime_dir()}}};
  }

  finished_process finish(std::vector<std::string> arguments) const {
    auto done = run_process(camherd(std::move(arguments)));
    REQUIRE(done);
    UNSCOPED_INFO("out: " << done->out << "\nerr: " << done->err);
    return *std::move(done);
  }

  simulator sim;
  herd_run run;
};

std::string content(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::vector<json> lines_of(const std::string& text) {
  std::vector<json> lines;
  std::istringstream in{text};
  for (std::string line; std::getline(in, line);) lines.push_back(json::parse(line));
  return lines;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("snapshot writes the newest picture of a camera", "[e2e][snapshot]") {
  const two_cameras herd;
  const temporary_folder folder;

  const auto whole = herd.finish({"snapshot", "cam0", "-o", folder / "a.jpg"});
  CHECK(whole.end == process_exit{0, 0});
  CHECK(jpeg_size(content(folder / "a.jpg")) == std::pair{320, 240});

  const auto small = herd.finish({"snapshot", "cam0", "-o", "-", "--size", "160x0"});
  CHECK(small.end == process_exit{0, 0});
  CHECK(jpeg_size(small.out) == std::pair{160, 120});

  const auto square = herd.finish(
      {"snapshot", "cam0", "-o", folder / "b.JPEG", "--size", "64x64", "--fit", "letterbox"});
  CHECK(square.end == process_exit{0, 0});
  CHECK(jpeg_size(content(folder / "b.JPEG")) == std::pair{64, 64});
}

TEST_CASE("snapshot says why there is no picture", "[e2e][snapshot]") {
  const two_cameras herd;
  const auto done = herd.finish({"snapshot", "gone", "-o", "-", "--timeout", "3s"});
  CHECK(done.end == process_exit{3, 0});
  CHECK(done.out.empty());
  CHECK(contains(done.err, "no frame of gone within 3s: "));
  CHECK(contains(done.err, "refused"));
}

TEST_CASE("a camera that does not exist is told with those that do", "[e2e][snapshot][watch]") {
  const two_cameras herd;
  for (const auto& command :
       {std::vector<std::string>{"snapshot", "cam1", "-o", "-"}, {"watch", "cam1"}}) {
    const auto done = herd.finish(command);
    CHECK(done.end == process_exit{2, 0});
    CHECK(contains(done.err, "no camera 'cam1'"));
    CHECK(contains(done.err, "did you mean cam0?"));
    CHECK(contains(done.err, "There are: cam0 gone"));
  }
}

TEST_CASE("watch counts and saves the frames of a camera", "[e2e][watch]") {
  const two_cameras herd;
  const temporary_folder folder;
  const auto done =
      herd.finish({"watch", "cam0", "--frames", "5", "--json", "--save", folder / "pictures"});
  REQUIRE(done.end == process_exit{0, 0});

  const auto summary = lines_of(done.out).back();
  CHECK(summary["summary"] == true);
  CHECK(summary["camera"] == "cam0");
  CHECK(summary["state"] == "streaming");
  CHECK(summary["frames"] == 5);
  CHECK(summary["saved"] == 5);
  CHECK(summary["not_saved"] == 0);
  CHECK(summary["corrupt"] == 0);
  CHECK(summary["size"] == "320x240");
  CHECK(summary["format"] == "rgb24");
  CHECK(summary["age_ms"]["max"] > 0);
  std::size_t pictures = 0;
  for (const auto& entry : std::filesystem::directory_iterator{folder / "pictures"}) {
    ++pictures;
    CHECK(entry.path().filename().string().starts_with("cam0-"));
    CHECK(jpeg_size(content(entry.path())) == std::pair{320, 240});
  }
  CHECK(pictures == 5);
}

TEST_CASE("watch goes on when a picture cannot be saved, and tells it", "[e2e][watch]") {
  const two_cameras herd;
  const temporary_folder folder;
  // Something is in the way of whatever is written: the sequence of the frame is not known.
  for (int i = 0; i < 10000; ++i)
    std::filesystem::create_directory(folder / ("cam0-" + std::to_string(i) + ".jpg.part"));
  const auto done = herd.finish(
      {"watch", "cam0", "--frames", "3", "--json", "--save", folder.path().string()});
  CHECK(done.end == process_exit{1, 0});
  const auto summary = lines_of(done.out).back();
  CHECK(summary["frames"] == 3);
  CHECK(summary["saved"] == 0);
  CHECK(summary["not_saved"] == 3);
  CHECK(contains(summary["save_problem"], "File exists"));
  CHECK(contains(done.err, "3 pictures of cam0 were not saved"));
}

TEST_CASE("watch has a row for each camera and says which had no frame", "[e2e][watch]") {
  const two_cameras herd;
  auto watching = child_process::start(herd.camherd({"watch", "--all"}));
  REQUIRE(watching);
  // A row with the size of a frame.
  REQUIRE(watching->wait_for_line(output::out, std::regex{"^cam0 +streaming .*320x240"}));
  REQUIRE(watching->wait_for_line(output::out, std::regex{"^gone "}));
  watching->send_signal(SIGINT);
  CHECK(watching->wait() == process_exit{0, 0});
  const auto problems = watching->text(output::err);
  CHECK(contains(problems, "no frame of gone"));
  CHECK_FALSE(contains(problems, "no frame of cam0"));
}

TEST_CASE("watch that ends without a frame of a camera fails", "[e2e][watch]") {
  const two_cameras herd;
  const auto done = herd.finish({"watch", "gone", "--for", "300ms"});
  CHECK(done.end == process_exit{3, 0});
  CHECK(contains(done.err, "no frame of gone"));
  CHECK(contains(done.out, "\nIn all "));
}

TEST_CASE("a signal ends watch with its summary", "[e2e][watch][signals]") {
  const two_cameras herd;
  auto watching = child_process::start(herd.camherd({"watch", "cam0"}));
  REQUIRE(watching);
  REQUIRE(watching->wait_for_line(output::out, "streaming"));
  watching->send_signal(GENERATE(SIGINT, SIGTERM));
  CHECK(watching->wait() == process_exit{0, 0});
  CHECK(contains(watching->text(output::out), "In all "));
}

TEST_CASE("watch goes on when camherd comes back", "[e2e][watch]") {
  simulator sim{1, small_scene()};
  herd_run run{"  cam0: " + sim.url(0) + "\n"};
  REQUIRE(run.logs("cam0", "streaming"));
  auto watching = child_process::start(
      {CAMHERD_PROGRAM, {"watch", "cam0", "--json", "--runtime-dir", run.runtime_dir()}, {}});
  REQUIRE(watching);
  REQUIRE(watching->wait_for_line(output::out, "\"streaming\""));
  run.kill();
  REQUIRE(watching->wait_for_line(output::out, "\"removed\""));
  run.start_again();
  CHECK(watching->wait_for_line(output::out, "\"streaming\""));
}
