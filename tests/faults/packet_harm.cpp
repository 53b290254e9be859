#include "tests/faults/packet_harm.hpp"

#include "apps/camherd-sim/faults/impaired_camera.hpp"
#include "tests/apps/http/raw_client.hpp"
#include "tests/faults/fault_run.hpp"
#include "tests/support/catch.hpp"

#include <chrono>
#include <thread>

namespace camherd::testing {
namespace {

std::uint64_t sample_of(const std::string& page, const std::string& metric,
                        const std::string& camera) {
  const auto line = "camherd_rtp_packets_" + metric + "_total{camera=\"" + camera + "\"} ";
  const auto found = page.find("\n" + line);
  INFO(page);
  REQUIRE(found != std::string::npos);
  return std::stoull(page.substr(found + 1 + line.size()));
}

packet_counts counts_of(fault_run& run, const std::string& camera) {
  const auto page = fetch(run.herd().http_port(), "/metrics",
                          "Authorization: Bearer " + std::string{api_token} + "\r\n");
  return {sample_of(page, "lost", camera), sample_of(page, "reordered", camera),
          sample_of(page, "duplicate", camera), sample_of(page, "late", camera)};
}

const faults::harm_tally& tally_of(fault_run& run, const std::string& name) {
  return dynamic_cast<faults::impaired_camera&>(run.camera(name)).tally();
}

}  // namespace

void check_unfelt(const std::string& name) {
  constexpr std::uint64_t enough_packets = 50;
  fault_run run{{fault_named(name)}};
  const auto& harm = tally_of(run, name);
  run.begin();
  CHECK(harm.wait_for_seen(enough_packets));
  run.check_symptoms();
  run.end();
  const auto report = run.finish();
  INFO(run.herd().log());
  const auto seen = run.watch(name).tally();
  INFO(seen.first_gap);
  CHECK(seen.gaps == 0);
  CHECK(seen.flagged == 0);
  CHECK(sum_of(report.at(name).restarts) == 0);
  const auto& dropped = report.at(name).dropped;
  CHECK(sum_of(dropped) == dropped.at("awaiting_keyframe"));
  CHECK(report.at(name).packets_lost == 0);
}

void check_loss(const std::string& name, std::uint64_t packets) {
  fault_run run{{fault_named(name)}};
  const auto& harm = tally_of(run, name);
  run.begin();
  CHECK(harm.wait_for_withheld(packets));
  run.check_symptoms();
  run.end();
  const auto report = run.finish();
  CHECK(report.at(name).packets_lost >= packets);
  CHECK(sum_of(report.at(name).restarts) == 0);
}

void check_harm(const std::string& name, std::uint64_t packets) {
  fault_run run{{fault_named(name)}};
  run.begin();
  CHECK(tally_of(run, name).wait_for_seen(packets));
  run.check_symptoms();
  run.end();
  static_cast<void>(run.finish());
}

void check_unfelt_while_it_lasts(const std::string& name, std::uint64_t packets) {
  fault_run run{{fault_named(name)}};
  run.begin();
  CHECK(tally_of(run, name).wait_for_seen(packets));
  run.check_symptoms();
  {
    const auto seen = run.watch(name).tally();
    INFO(seen.first_gap);
    CHECK(seen.gaps == 0);
    CHECK(seen.flagged == 0);
  }
  run.end();
  static_cast<void>(run.finish());
}

void check_nothing_dropped(const std::string& name) {
  fault_run run{{fault_named(name)}};
  run.begin();
  run.check_symptoms();
  run.end();
  const auto report = run.finish();
  INFO(run.herd().log());
  const auto& dropped = report.at(name).dropped;
  CHECK(sum_of(dropped) == dropped.at("awaiting_keyframe"));
  CHECK(run.watch(name).tally().flagged == 0);
}

void check_counts(
    const std::string& name,
    const std::function<bool(const packet_counts&, const faults::harm_tally&)>& right) {
  using namespace std::chrono_literals;
  constexpr std::uint64_t some_seconds = 50;  // of frames, several times what counters wait
  fault_run run{{fault_named(name)}};
  const auto& done = tally_of(run, name);
  CHECK(counts_of(run, name) == packet_counts{});
  run.begin();
  CHECK(done.wait_for_seen(400));
  run.end();
  CHECK(run.watch(name).shows(some_seconds));
  const auto deadline = std::chrono::steady_clock::now() + child_process::patience;
  auto shown = counts_of(run, name);
  // Nothing tells when the counters are looked at.
  while (!right(shown, done) && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(100ms);
    shown = counts_of(run, name);
  }
  INFO("went in: " << done.seen() << ", held back: " << done.held_back()
                   << ", added: " << done.added());
  INFO("lost: " << shown.lost << ", reordered: " << shown.reordered
                << ", duplicate: " << shown.duplicate << ", late: " << shown.late);
  CHECK(right(shown, done));
  CHECK(done.held_back() + done.added() > 0);
  CHECK(run.watch(name).shows(some_seconds));
  CHECK(counts_of(run, name) == shown);
  CHECK(counts_of(run, "good0") == packet_counts{});
  static_cast<void>(run.finish());
}

}  // namespace camherd::testing
