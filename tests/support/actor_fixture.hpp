#pragma once

#include "actors/herd.hpp"
#include "tests/support/fake_media.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/unit_stream.hpp"

#include <caf/scheduler/test_coordinator.hpp>

#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace camherd::testing {

/// An actor system on virtual time with fake sources and decoders: nothing happens but on the
/// test's orders.
class actor_fixture {
 public:
  actor_fixture();
  virtual ~actor_fixture() = default;

  /// Lets every actor handle what waits for it.
  void run() { scheduler().run(); }

  /// Moves time on in steps small enough that timers fire in their order.
  void advance(std::chrono::milliseconds by);

  [[nodiscard]] mono_time now() { return system.scheduler().clock().now(); }

  /// The newest source opened for `camera`; null if there was none.
  [[nodiscard]] fake_source* source_of(const std::string& camera);
  [[nodiscard]] std::size_t sessions_of(const std::string& camera) const;

  /// Opens the newest session of `camera` and sends a keyframe and `references` pictures.
  void stream(const std::string& camera, int references = 0);

  /// Sends one unit whose first byte is `order`.
  void send(const std::string& camera, picture kind, std::uint8_t order = 0);

  [[nodiscard]] static camera_config camera_at(const std::string& name, const std::string& url);

  [[nodiscard]] caf::scheduler::test_coordinator& scheduler() {
    return dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
  }

  caf::actor_system_config settings;
  caf::actor_system system;
  std::shared_ptr<decode_pressure> pressure = std::make_shared<decode_pressure>();
  std::shared_ptr<recording_sink> sink = std::make_shared<recording_sink>();
  std::ostringstream log_text;
  std::shared_ptr<manual_clock> log_time = std::make_shared<manual_clock>();
  std::map<std::string, std::vector<std::shared_ptr<fake_source>>> sources;
  fake_decoder* decoder = nullptr;  ///< the newest, while its session lasts
  services_ptr services;
  double random_value = 0.5;  ///< no jitter
  std::uint64_t next_unit = 0;

 private:
  static caf::actor_system_config& configure(caf::actor_system_config& settings);
};

}  // namespace camherd::testing
