#include "tests/e2e/herd_run.hpp"
#include "tests/e2e/simulator.hpp"
#include "tests/support/catch.hpp"

#include <csignal>
#include <filesystem>
#include <string>

using namespace camherd;
using namespace camherd::testing;

TEST_CASE("a signal ends the run in good order", "[e2e][signals]") {
  const int signal = GENERATE(SIGTERM, SIGINT);
  simulator sim{2, small_scene()};
  herd_run run{"  cam0: " + sim.url(0) + "\n" + "  cam1: {url: '" + sim.url(1) +
               "', transport: udp}\n"};
  const bool streams = run.logs("cam0", "streaming") && run.logs("cam1", "streaming");
  const auto report = run.stop(signal);

  INFO(run.log());
  REQUIRE(streams);
  CHECK(report.size() == 2);
  for (const auto& [name, camera] : report) {
    check_account(camera);
    CHECK(sum_of(camera.restarts) == 0);
  }
  CHECK(sim.hears("TEARDOWN", 0));
  CHECK(sim.hears("TEARDOWN", 1));
  CHECK(run.logs("", "stopped"));
}

TEST_CASE("a run ends by itself after its time", "[e2e]") {
  simulator sim{1, small_scene()};
  herd_run run{"  cam0: " + sim.url(0) + "\n", {"--for", "1s"}};
  const auto report = run.finish();

  INFO(run.log());
  REQUIRE(report.contains("cam0"));
  check_account(report.at("cam0"));
}

TEST_CASE("a second signal ends the run at once", "[e2e][signals]") {
  simulator sim{1, small_scene()};
  herd_run run{"  cam0: " + sim.url(0) + "\n"};
  const bool streams = run.logs("cam0", "streaming").has_value();
  // Both wait when it goes on, so that the second finds the shutdown just begun.
  for (const int signal : {SIGSTOP, SIGINT, SIGTERM, SIGCONT})
    run.process().send_signal(signal);
  const auto end = run.process().wait();

  INFO(run.log());
  REQUIRE(streams);
  CHECK(end == process_exit{128 + SIGTERM, 0});
  CHECK_FALSE(std::filesystem::exists(run.report_path()));
}

TEST_CASE("a reload adds and removes cameras and leaves the others alone", "[e2e][signals]") {
  simulator sim{3, small_scene()};
  const auto entry = [&](unsigned n) {
    return "  cam" + std::to_string(n) + ": " + sim.url(n) + "\n";
  };
  herd_run run{entry(0) + entry(1)};
  const bool before = run.logs("cam0", "streaming") && run.logs("cam1", "streaming");
  run.reconfigure(entry(1) + entry(2));
  run.process().send_signal(SIGHUP);
  const bool after = run.logs("", "reloaded", "2 cameras") && run.logs("cam2", "streaming") &&
                     sim.hears("TEARDOWN", 0);
  const auto report = run.stop(SIGTERM);

  INFO(run.log());
  REQUIRE(before);
  REQUIRE(after);
  CHECK_FALSE(report.contains("cam0"));
  check_undisturbed(report.at("cam1"), 0, small_gop);
  check_undisturbed(report.at("cam2"), 0, small_gop);
  // The log is complete now: a second line would have come.
  CHECK_FALSE(run.logs("cam1", "connected", "", 2));
}

TEST_CASE("a reload of a broken configuration changes nothing", "[e2e][signals]") {
  simulator sim{1, small_scene()};
  herd_run run{"  cam0: " + sim.url(0) + "\n"};
  const bool before = run.logs("cam0", "streaming").has_value();
  run.reconfigure("  cam0: {url: '" + sim.url(0) + "', transprot: udp}\n");
  run.process().send_signal(SIGHUP);
  const bool refused = run.logs("", "reload_refused").has_value();
  const bool sent = sim.sends(3 * small_gop);
  const auto report = run.stop(SIGTERM);

  INFO(run.log());
  REQUIRE(before);
  REQUIRE(refused);
  REQUIRE(sent);
  CHECK(run.log().find("did you mean transport?") != std::string::npos);
  check_undisturbed(report.at("cam0"), small_gop, small_gop);
}
