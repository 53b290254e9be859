#include "apps/camherd/node.hpp"

#include "actors/herd.hpp"
#include "apps/camherd/open_source.hpp"
#include "core/rtsp/io_pool.hpp"

#include <thread>
#include <utility>

namespace camherd {
namespace {

unsigned decode_threads(const node_config& settings) {
  if (settings.decode_threads > 0) return settings.decode_threads;
  return std::max(1U, std::thread::hardware_concurrency());
}

class actor_settings : public caf::actor_system_config {
 public:
  explicit actor_settings(const node_config& settings) {
    add_message_types<caf::id_block::camherd>();
    // Idle workers of the default policy poll; `sharing` lets them sleep.
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", std::size_t{decode_threads(settings)});
    // One message a turn, so that a camera with a backlog waits behind the others for its next
    // unit.
    set("scheduler.max-throughput", std::size_t{1});
  }
};

}  // namespace

// Members end in reverse order: no actor uses the io threads once all of them are done, and
// sessions must be gone before the system whose actors they refer to.
class node::running {
 public:
  running(const node_config& settings, node_parts parts)
      : settings_{settings}, system_{settings_}, io_{std::max(1U, settings.io_threads)} {
    auto services = std::make_shared<camera_services>();
    services->open_source = [this](const camera_config& camera,
                                   std::shared_ptr<source_listener> listener) {
      return open_source(io_, camera, std::move(listener));
    };
    services->open_decoder = make_decoder;
    services->pressure = std::make_shared<decode_pressure>(decode_threads(settings));
    services->frames = std::move(parts.frames);
    services->log = std::move(parts.log);
    herd_ = spawn_herd(system_, make_monitor_options(settings), std::move(services),
                       std::move(parts.observer));
  }

  ~running() {
    herd_ = nullptr;
    system_.await_all_actors_done();
  }

  running(const running&) = delete;
  running& operator=(const running&) = delete;

  [[nodiscard]] const herd_actor& herd() const { return herd_; }

 private:
  actor_settings settings_;
  caf::actor_system system_;
  rtsp::io_pool io_;
  herd_actor herd_;
};

node::node(const node_config& settings, node_parts parts)
    : running_{std::make_unique<running>(settings, std::move(parts))} {}

node::~node() = default;

void node::apply(std::shared_ptr<const config> wanted) {
  tell_anonymously(running_->herd(), apply_atom_v, std::move(wanted));
}

void node::restart(const std::string& camera) {
  tell_anonymously(running_->herd(), restart_atom_v, camera);
}

void node::serve(const demand& wanted) {
  tell_anonymously(running_->herd(), wanted);
}

void node::halt() {
  tell_anonymously(running_->herd(), halt_atom_v);
}

}  // namespace camherd
