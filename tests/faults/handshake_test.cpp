#include "tests/apps/http/raw_client.hpp"
#include "tests/faults/fault_run.hpp"
#include "tests/support/catch.hpp"

#include <gst/gst.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

using namespace camherd::faults;
using namespace camherd::testing;

namespace {

/// Sessions of all cameras that ended because of their connections, or never came to be.
std::uint64_t failed_connections(herd_run& herd) {
  const auto answer = fetch(herd.http_port(), "/api/v1/cameras",
                            "Authorization: Bearer " + std::string{api_token} + "\r\n");
  const auto all = nlohmann::json::parse(answer.substr(answer.find("\r\n\r\n")));
  std::uint64_t sum = 0;
  for (const auto& camera : all["cameras"]) {
    // There are no counters before the first report.
    sum += camera.value(nlohmann::json::json_pointer{"/restarts/connection"}, std::uint64_t{0});
  }
  return sum;
}

}  // namespace

TEST_CASE("silent-after-play", "[faults]") {
  check_fault("silent-after-play");
}

TEST_CASE("stops-in-mid-packet", "[faults]") {
  check_fault("stops-in-mid-packet");
}

TEST_CASE("closes-in-mid-packet", "[faults]") {
  check_fault("closes-in-mid-packet");
}

TEST_CASE("silent-at-accept", "[faults]") {
  check_fault("silent-at-accept");
}

TEST_CASE("silent-at-describe", "[faults]") {
  check_fault("silent-at-describe");
}

TEST_CASE("silent-at-setup", "[faults]") {
  check_fault("silent-at-setup");
}

TEST_CASE("silent-at-play", "[faults]") {
  check_fault("silent-at-play");
}

TEST_CASE("play-unanswered", "[faults]") {
  check_fault("play-unanswered");
}

TEST_CASE("closes-after-play", "[faults]") {
  check_fault("closes-after-play");
}

TEST_CASE("closes-on-accept", "[faults]") {
  check_fault("closes-on-accept");
}

TEST_CASE("closes-at-options", "[faults]") {
  check_fault("closes-at-options");
}

TEST_CASE("closes-at-describe", "[faults]") {
  check_fault("closes-at-describe");
}

TEST_CASE("closes-at-setup", "[faults]") {
  check_fault("closes-at-setup");
}

TEST_CASE("closes-at-play", "[faults]") {
  check_fault("closes-at-play");
}

TEST_CASE("reboots", "[faults]") {
  constexpr int cameras = 8;
  std::vector<fault> all;
  for (int i = 0; i < cameras; ++i) {
    all.push_back(fault_named("reboots"));
    all.back().name += std::to_string(i);
  }
  fault_run run{all};
  run.begin();
  run.check_symptoms();
  // Each was refused twice, so that delays have grown and been scattered.
  constexpr std::size_t refusals = 2;
  for (const auto& one : all) {
    CHECK(run.herd().logs(one.name, "connection", "refused", refusals));
  }
  run.end();
  static_cast<void>(run.finish());

  // All lost their power at the same time: without jitter all would be told the same delays.
  std::set<std::string> delays;
  for (const auto& one : all) {
    std::string told;
    for (std::size_t n = 1; n <= refusals; ++n) {
      const auto line = run.herd().logs(one.name, "connection", "refused", n);
      REQUIRE(line);
      told += line->substr(line->find("next try in"));
    }
    delays.insert(told);
  }
  CHECK(delays.size() > 1);
}

TEST_CASE("cameras that reboot together are not stormed", "[faults]") {
  using clock = std::chrono::steady_clock;
  using namespace std::chrono_literals;
  constexpr std::uint64_t cameras = 8;
  constexpr double per_second = 5;
  gst_init(nullptr, nullptr);
  const auto pictures = make_clip();
  REQUIRE(pictures);
  std::vector<std::unique_ptr<faulty_camera>> all;
  std::string entries;
  for (std::uint64_t i = 0; i < cameras; ++i) {
    auto made = fault_named("reboots").start({0, *pictures});
    REQUIRE(made);
    all.push_back(*std::move(made));
    entries += "  cam" + std::to_string(i) + ": {url: '" + all.back()->url() + "'}\n";
  }
  herd_run herd{entries};
  herd.kill();
  herd.replace_in_file("per_second_per_host: 1000", "per_second_per_host: 5");
  herd.start_again();
  const auto stream = [&](std::size_t nth) {
    for (std::uint64_t i = 0; i < cameras; ++i) {
      CHECK(herd.logs("cam" + std::to_string(i), "streaming", "", nth));
    }
  };
  stream(1);

  const auto began = clock::now();
  for (const auto& camera : all) camera->begin();
  // Several rounds: retries alone would take a fifth of a second each.
  std::uint64_t failed = 0;
  while (failed < 4 * cameras && clock::now() < began + child_process::patience) {
    std::this_thread::sleep_for(100ms);
    failed = failed_connections(herd);
  }
  const std::chrono::duration<double> took = clock::now() - began;
  for (const auto& camera : all) camera->end();
  stream(2);

  CHECK(failed >= 4 * cameras);
  // The sessions that were cut off were no new connections; a second's worth may come at once.
  const auto tries = static_cast<double>(failed - cameras);
  INFO(tries << " connections in " << took.count() << " s");
  CHECK(tries <= per_second + per_second * took.count());
  for (const auto& [name, camera] : herd.stop(SIGTERM)) {
    INFO(name);
    check_account(camera);
  }
}
