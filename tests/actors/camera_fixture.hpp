#pragma once

#include "actors/camera.hpp"
#include "tests/support/actor_fixture.hpp"

#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace camherd::testing {

/// One camera with a stand-in for the monitor that keeps its reports.
struct camera_fixture : actor_fixture {
  camera_fixture() { monitor = system.spawn(stand_in, this); }

  ~camera_fixture() override {
    tell_anonymously(monitor, halt_atom_v);  // the camera ends with its monitor
    advance(std::chrono::seconds{6});
  }

  static monitor_actor::behavior_type stand_in(monitor_actor::pointer self,
                                               camera_fixture* fixture) {
    return {
        [](track_atom, const camera_entry&) {},
        [](switch_atom, const camera_entry&) {},
        [](untrack_atom, const std::string&) {},
        [](restart_atom, const std::string&) {},
        [](const demand&) {},
        [](const consumers_asked&) {},
        [](retry_atom, const std::string&, std::uint64_t) {},
        [fixture](const camera_progress& p) { fixture->states.push_back(p.state); },
        [fixture](const camera_session_over& over) { fixture->overs.push_back(over); },
        [fixture](const camera_alive&) { ++fixture->beats; },
        [](beat_atom) {},
        [self](halt_atom) { self->quit(); },
        [](expire_atom) {},
    };
  }

  void spawn(camera_config spec) {
    const auto spec_name = spec.name;
    entry = {std::make_shared<const camera_config>(std::move(spec)),
             std::make_shared<camera_account>(), sink->open(spec_name, 32, {})};
    camera = spawn_camera(system, entry, services, monitor, 1);
    run();
  }

  /// A camera called "yard", connected, with a keyframe decoded.
  void spawn_streaming(const std::function<void(camera_config&)>& change = {}) {
    auto spec = camera_at("yard", "rtsp://10.0.0.1/");
    if (change) change(spec);
    spawn(std::move(spec));
    open();
    stream("yard");
  }

  void open() {
    tell_anonymously(camera, session_atom_v, ++session);
    run();
  }

  void ask(const demand& pictures, std::size_t held_frames = 0) {
    tell_anonymously(camera, camera_demand{pictures, held_frames});
    run();
  }

  flow_counts flow() const { return entry.account->flow->counts(); }
  camera_counts counts() const { return entry.account->metrics.counts(); }
  const std::vector<frame_metadata>& frames() { return sink->frames["yard"]; }

  monitor_actor monitor;
  camera_actor camera;
  camera_entry entry;
  std::uint64_t session = 0;
  std::vector<camera_state> states;
  std::vector<camera_session_over> overs;
  int beats = 0;
};

}  // namespace camherd::testing
