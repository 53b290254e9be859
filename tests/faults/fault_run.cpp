#include "tests/faults/fault_run.hpp"

#include "tests/support/catch.hpp"

#include <gst/gst.h>

#include <algorithm>
#include <csignal>
#include <utility>

namespace camherd::testing {
namespace {

using faults::fault;
using namespace std::string_literals;

constexpr std::uint64_t enough_frames = 10;

// More than the spread of an allocator, less than what any of the faults sends.
constexpr std::size_t memory_margin = std::size_t{24} * 1024 * 1024;

#if defined(__SANITIZE_ADDRESS__)
constexpr bool memory_tells = false;  // freed memory is kept in quarantine
#else
constexpr bool memory_tells = true;
#endif

/// The camera's entry. Deadlines are short where camherd is to come upon them, else such that
/// no machine is too slow.
std::string configuration_of(const fault& one, const std::string& url) {
  const bool impatient = one.expects.recovers == faults::recovery::after_it_ends;
  auto settings = one.settings;
  for (const auto& standard :
       {std::string{"idle: full"}, "connect_timeout: "s + (impatient ? "1s" : "1m"),
        "first_frame_timeout: "s + (impatient ? "1s" : "2m"),
        "stall_timeout: "s + (impatient ? "1s" : "1m")}) {
    const auto key = standard.substr(0, standard.find(':') + 1);
    if (settings.find(key) != std::string::npos) continue;
    settings += (settings.empty() ? "" : ", ") + standard;
  }
  return "  " + one.name + ": {url: '" + url + "', " + settings + "}\n";
}

std::uint64_t counter_of(const camera_report& camera, const std::string& name) {
  const auto dot = name.find('.');
  const auto group = name.substr(0, dot);
  if (group == "packets_lost") return camera.packets_lost;
  const auto& counts = group == "restarts" ? camera.restarts : camera.dropped;
  return counts.at(name.substr(dot + 1));
}

}  // namespace

fault fault_named(const std::string& name) {
  for (auto& one : faults::all_faults()) {
    if (one.name == name) return one;
  }
  FAIL("there is no fault " << name);
  return {};
}

fault_run::fault_run(std::vector<fault> all) : faults_{std::move(all)} {
  gst_init(nullptr, nullptr);
  auto made = faults::make_clip();
  REQUIRE(made);
  pictures_ = *made;
  std::string configuration;
  for (const auto* name : {"good0", "good1"}) {
    cameras_[name] = faults::stage({0, pictures_}, {});
    configuration +=
        std::string{"  "} + name + ": {url: '" + cameras_[name]->url() + "', idle: full}\n";
  }
  for (const auto& one : faults_) {
    auto camera = one.start({0, pictures_});
    REQUIRE(camera);
    cameras_[one.name] = *std::move(camera);
    configuration += configuration_of(one, cameras_[one.name]->url());
  }
  herd_ = std::make_unique<herd_run>(configuration);
  std::map<std::vector<faults::clip_ptr>, std::shared_ptr<const clean_pictures>> clean;
  for (const auto& [name, camera] : cameras_) {
    auto& known = clean[camera->clips()];
    if (!known) known = std::make_shared<const clean_pictures>(camera->clips());
    watched_[name] = std::make_unique<watched_camera>(name, herd_->runtime_dir(), known);
  }
  for (const auto& [name, watched] : watched_) {
    const bool streams = watched->shows(enough_frames);
    INFO(herd_->log());
    INFO(name);
    REQUIRE(streams);
  }
  before_ = footprint_of(herd_->process().pid());
}

void fault_run::begin() {
  for (const auto& one : faults_) cameras_.at(one.name)->begin();
}

void fault_run::end() {
  for (const auto& one : faults_) cameras_.at(one.name)->end();
}

void fault_run::check_symptoms() {
  for (const auto& one : faults_) {
    const auto& expects = one.expects;
    const bool told =
        expects.event.empty() || herd_->logs(one.name, expects.event, expects.words);
    const bool shown =
        expects.state.empty() || watch(one.name).wait_until([&](const watch_tally& now) {
          return now.states.contains(expects.state);
        });
    const bool goes_on = expects.recovers != faults::recovery::throughout ||
                         watch(one.name).shows(2 * enough_frames);
    INFO(herd_->log());
    INFO(one.name << " is to show " << expects.state << ", " << expects.event << ", "
                  << expects.words);
    CHECK(told);
    CHECK(shown);
    CHECK(goes_on);
  }
}

void fault_run::check_watched() const {
  for (const auto& [name, watched] : watched_) {
    INFO(name);
    const auto tally = watched->tally();
    INFO(tally.first_smear);
    CHECK(tally.smeared == 0);
    INFO(tally.first_gap);
    if (name.starts_with("good")) {
      CHECK(tally.gaps == 0);
      CHECK(tally.flagged == 0);
    }
  }
}

herd_report fault_run::finish() {
  for (const auto& [name, watched] : watched_) {
    const bool streams = watched->shows(enough_frames);
    INFO(herd_->log());
    INFO(name);
    CHECK(streams);
  }
  const int pid = herd_->process().pid();
  const bool came_back = comes_back_to(before_, pid);
  const auto after = footprint_of(pid);
  const auto open = descriptors_of(pid);
  check_watched();
  auto report = herd_->stop(SIGTERM);

  INFO(herd_->log());
  {
    INFO(open);
    INFO("descriptors: " << before_.descriptors << ", then " << after.descriptors
                         << "; threads: " << before_.threads << ", then " << after.threads);
    CHECK(came_back);
  }
  if (memory_tells) CHECK(after.resident_bytes < before_.resident_bytes + memory_margin);
  for (const auto& [name, camera] : report) {
    INFO(name);
    check_account(camera);
  }
  const auto gop = pictures_->made_of.gop;
  for (const auto* name : {"good0", "good1"}) {
    INFO(name);
    check_undisturbed(report.at(name), enough_frames, gop);
  }
  for (const auto& one : faults_) {
    INFO(one.name << ": " << one.expects.counter);
    if (!one.expects.counter.empty()) {
      CHECK(counter_of(report.at(one.name), one.expects.counter) > 0);
    }
  }
  CHECK(herd_->log().find(faults::login_script{}.password) == std::string::npos);
  return report;
}

void check_fault(const std::string& name) {
  fault_run run{{fault_named(name)}};
  run.begin();
  run.check_symptoms();
  run.end();
  static_cast<void>(run.finish());
}

}  // namespace camherd::testing
