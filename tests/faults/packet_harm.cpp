#include "tests/faults/packet_harm.hpp"

#include "apps/camherd-sim/faults/impaired_camera.hpp"
#include "tests/faults/fault_run.hpp"
#include "tests/support/catch.hpp"

namespace camherd::testing {
namespace {

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

}  // namespace camherd::testing
