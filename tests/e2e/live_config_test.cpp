// What changes while camherd runs, and what is there when it starts again.
#include "tests/e2e/herd_run.hpp"
#include "tests/e2e/simulator.hpp"
#include "tests/support/catch.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

using namespace camherd;
using namespace camherd::testing;

namespace {

/// The number of the first line of the file that has `word`; 0 if none has.
std::size_t line_of(const std::string& word, const std::string& path) {
  std::ifstream file{path};
  std::size_t number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.find(word) != std::string::npos) return number;
  }
  return 0;
}

std::string state_path(const herd_run& run) {
  return run.state_dir() + "/cameras.json";
}

void write_state(const herd_run& run, const std::string& text) {
  std::ofstream file{state_path(run)};
  file << text << std::flush;
  REQUIRE(file);
}

std::string text_of(const std::string& path) {
  std::ifstream in{path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace

TEST_CASE("a changed file is applied by itself and leaves the other cameras alone",
          "[e2e][live]") {
  simulator sim{3, small_scene()};
  const auto entry = [&](unsigned n, const std::string& more = "") {
    return "  cam" + std::to_string(n) + ": {url: '" + sim.url(n) + "'" + more + "}\n";
  };
  herd_run run{entry(0) + entry(1) + entry(2)};
  const bool before = run.logs("cam0", "streaming") && run.logs("cam1", "streaming") &&
                      run.logs("cam2", "streaming");
  run.reconfigure(entry(0) + entry(1, ", max_leases: 5") + entry(2, ", enabled: false"));
  const bool reloaded = run.logs("", "reloaded", "3 cameras: 2 changed").has_value();
  const bool stopped = reloaded && run.logs("cam1", "streaming", "", 2) &&
                       run.logs("cam2", "stopped", "disabled in the configuration");
  run.reconfigure(entry(0) + entry(1, ", max_leases: 5") + entry(2));
  const bool after =
      stopped && run.logs("cam2", "streaming", "", 2) && sim.sends(3 * small_gop);
  const auto report = run.stop(SIGTERM);

  INFO(run.log());
  REQUIRE(before);
  REQUIRE(after);
  check_undisturbed(report.at("cam0"), 3 * small_gop, small_gop);
  check_account(report.at("cam2"));
  CHECK(report.at("cam2").restarts.at("requested") == 0);
  CHECK_FALSE(run.logs("cam0", "connected", "", 2));
}

TEST_CASE("a broken file changes nothing and the log says where it is broken", "[e2e][live]") {
  simulator sim{1, small_scene()};
  herd_run run{"  cam0: " + sim.url(0) + "\n"};
  const bool before = run.logs("cam0", "streaming").has_value();
  run.reconfigure("  cam0: {url: '" + sim.url(0) + "', transprot: udp}\n");
  const auto line = std::to_string(line_of("transprot", run.config_path()));
  const auto refused = run.logs("", "reload_refused", "did you mean transport?");
  const bool sent = refused && sim.sends(3 * small_gop);
  const auto report = run.stop(SIGTERM);

  INFO(run.log());
  REQUIRE(before);
  REQUIRE(refused);
  REQUIRE(sent);
  CHECK(refused->find("herd.yaml:" + line + ':') != std::string::npos);
  check_undisturbed(report.at("cam0"), small_gop, small_gop);
}

TEST_CASE("cameras of operators and stops are there after a crash", "[e2e][live]") {
  simulator sim{2, small_scene()};
  herd_run run{"  cam0: " + sim.url(0) + "\n"};
  const bool before = run.logs("cam0", "streaming").has_value();
  run.kill();
  REQUIRE(before);
  write_state(run, R"({"camherd_state": 1, "cameras": [{"name": "added", "url": ")" +
                       sim.url(1) + R"("}], "stopped": ["cam0"]})");
  run.start_again();
  const bool streams = run.logs("", "started", "2 cameras") && run.logs("added", "streaming");
  const auto report = run.stop(SIGTERM);

  INFO(run.log());
  REQUIRE(streams);
  CHECK(report.at("added").received > 0);
  CHECK(report.at("cam0").received == 0);
}

TEST_CASE("a damaged state ends the start and stays as it is", "[e2e][live]") {
  herd_run run{"  cam0: rtsp://127.0.0.1:9/\n"};
  const bool started = run.logs("", "started").has_value();
  run.kill();
  REQUIRE(started);
  const std::string damaged = R"({"camherd_state": 1, "cameras": [)";
  write_state(run, damaged);
  run.start_again();
  const auto end = run.process().wait();

  INFO(run.log());
  CHECK(end == process_exit{2, 0});
  CHECK(run.log().find("cameras.json cannot be used: it is cut off") != std::string::npos);
  CHECK(text_of(state_path(run)) == damaged);
}

TEST_CASE("two camherds do not share a state", "[e2e][live]") {
  herd_run first{"  cam0: rtsp://127.0.0.1:9/\n"};
  REQUIRE(first.logs("", "started"));
  herd_run second{"  cam0: rtsp://127.0.0.1:9/\n"};
  REQUIRE(second.logs("", "started"));
  second.kill();
  std::filesystem::remove_all(second.state_dir());
  std::filesystem::create_directory_symlink(first.state_dir(), second.state_dir());
  second.start_again();
  CHECK(second.process().wait() == process_exit{2, 0});
  CHECK(second.log().find("is used by another camherd") != std::string::npos);
  (void)first.stop(SIGTERM);
}
