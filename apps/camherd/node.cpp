#include "apps/camherd/node.hpp"

#include "actors/herd.hpp"
#include "core/media/demuxer_source.hpp"
#include "core/rtsp/io_pool.hpp"
#include "core/rtsp/session.hpp"

#include <thread>
#include <utility>

namespace camherd {
namespace {

// Ten seconds behind is enough for any camera that still makes sense; more is a file or a
// flood.
rtsp::transport transport_of(transport_choice choice) {
  switch (choice) {
    case transport_choice::tcp:
      return rtsp::transport::tcp;
    case transport_choice::udp:
      return rtsp::transport::udp;
    case transport_choice::automatic:
      return rtsp::transport::automatic;
  }
  return rtsp::transport::tcp;
}

class actor_settings : public caf::actor_system_config {
 public:
  explicit actor_settings(const node_config& settings) {
    add_message_types<caf::id_block::camherd>();
    const auto cores = std::max(1U, std::thread::hardware_concurrency());
    // Idle workers of the default policy poll; `sharing` lets them sleep.
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads",
        static_cast<std::size_t>(settings.decode_threads > 0 ? settings.decode_threads
                                                             : cores));
    // One message a turn, so that a camera with a backlog waits behind the others for its next
    // unit.
    set("scheduler.max-throughput", std::size_t{1});
  }
};

}  // namespace

source_ptr open_source(rtsp::io_pool& io, const camera_config& camera,
                       std::shared_ptr<source_listener> listener) {
  if (!camera.url.is_rtsp()) {
    demuxer_options options;
    options.loop = camera.loop;
    options.open_timeout = camera.connect_timeout + camera.first_frame_timeout / 2;
    options.read_timeout = camera.stall_timeout;
    options.max_access_unit_bytes = camera.max_access_unit_bytes;
    return make_demuxer_source(camera.url, options, std::move(listener));
  }
  rtsp::session_options options;
  options.transport = transport_of(camera.transport);
  options.connect_timeout = camera.connect_timeout;
  options.reorder_delay = camera.reorder_delay;
  options.receive_buffer_bytes = camera.receive_buffer_bytes;
  options.verify_certificate = camera.verify_certificate;
  options.units.max_access_unit_bytes = camera.max_access_unit_bytes;
  return rtsp::make_session(io, camera.url, options, std::move(listener));
}

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

void node::serve(const demand& wanted) {
  tell_anonymously(running_->herd(), wanted);
}

void node::halt() {
  tell_anonymously(running_->herd(), halt_atom_v);
}

}  // namespace camherd
