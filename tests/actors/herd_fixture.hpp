#pragma once

#include "actors/herd.hpp"
#include "tests/support/actor_fixture.hpp"

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace camherd::testing {

/// Remembers what the herd told last.
class recording_observer final : public herd_observer {
 public:
  void on_status(std::shared_ptr<const herd_status> status) override {
    last = std::move(status);
  }
  void on_stopped(std::shared_ptr<const herd_status> status) override {
    last = std::move(status);
    ++stopped;
  }

  [[nodiscard]] const camera_status& of(const std::string& camera) const {
    for (const auto& c : last->cameras) {
      if (c.health.name == camera) return c;
    }
    throw std::out_of_range{camera};
  }

  std::shared_ptr<const herd_status> last;
  int stopped = 0;
};

inline const camera_demand everything{.pictures = {.level = decode_level::everything},
                                      .held_frames = 3};

/// A herd under test.
struct herd_fixture : actor_fixture {
  herd_fixture() {
    monitor_options options;
    options.random = [this] { return random_value; };
    herd = spawn_herd(system, options, services, observer);
    run();
  }

  ~herd_fixture() override {
    if (herd) tell_anonymously(herd, halt_atom_v);
    advance(std::chrono::seconds{5});
  }

  void apply(std::vector<camera_config> cameras) {
    config wanted;
    wanted.cameras = std::move(cameras);
    tell_anonymously(herd, apply_atom_v, std::make_shared<const config>(std::move(wanted)));
    run();
  }

  std::shared_ptr<recording_observer> observer = std::make_shared<recording_observer>();
  herd_actor herd;
};

}  // namespace camherd::testing
