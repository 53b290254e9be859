#include "actors/herd.hpp"

#include "actors/metrics.hpp"
#include "config/load.hpp"

#include <map>
#include <string_view>
#include <utility>

namespace camherd {

struct herd_internals {
  static inline const char* name = "herd";

  /// What `halted_atom` is waited for from, in the order of shutdown.
  enum class stage : unsigned char { running, halting_monitor, halting_metrics };

  herd_actor::stateful_pointer<herd_internals> self = nullptr;
  monitor_options options;
  services_ptr services;
  std::shared_ptr<herd_observer> observer;  // shared with the application

  monitor_actor monitor;
  metrics_actor metrics;
  config_ptr desired = std::make_shared<config>();
  struct wanted_camera {
    camera_entry entry;
    camera_demand asked;  // by consumers; for a new monitor
  };

  std::map<std::string, wanted_camera, std::less<>> cameras;
  std::uint64_t entries_made = 0;
  demand wanted;
  std::map<std::string, camera_health, std::less<>> health;
  stage at = stage::running;
  decode_pressure::level pressure = decode_pressure::level::none;  // as was said last

  void start_monitor();
  void start_metrics();
  void apply(config_ptr next);
  void remove(const std::string& camera, std::string_view reason);
  void close_outlets();
  void add(const camera_config& spec);
  void switch_over(const camera_config& spec);
  [[nodiscard]] frame_sink::demand_listener listener_of(const std::string& camera,
                                                        std::uint64_t entry);
  void on_asked(const consumers_asked& consumers);
  void on_health(const health_ptr& all);
  void on_counters(const counters_ptr& all);
  void note_pressure();
  void on_halted();
  void on_down(const caf::down_msg& down);
  void halt();

  std::shared_ptr<const herd_status> last_status = std::make_shared<herd_status>();
};

void herd_internals::start_monitor() {
  monitor = spawn_monitor(self->system(), options, services, self);
  self->monitor(monitor);
  tell(self, monitor, wanted);
  for (const auto& [camera, c] : cameras) {
    tell(self, monitor, track_atom_v, c.entry);
    tell(self, monitor, consumers_asked{camera, c.entry.number, c.asked});
  }
}

void herd_internals::start_metrics() {
  metrics = spawn_metrics(self->system(), self);
  self->monitor(metrics);
  for (const auto& [camera, c] : cameras) tell(self, metrics, track_atom_v, c.entry);
}

void herd_internals::apply(config_ptr next) {
  if (at != stage::running) return;
  const auto change = diff(*desired, *next);
  desired = std::move(next);
  for (const auto& camera : change.removed)
    remove(camera, "the camera was removed from the configuration");
  for (const auto& spec : change.changed) remove(spec.name, "its settings have changed");
  for (const auto& spec : change.switched) switch_over(spec);
  // Those that are new and those that were changed come up in the order of the configuration.
  for (const auto& spec : desired->cameras) {
    if (!cameras.contains(spec.name)) add(spec);
  }
}

// Consumers are sent away at once, so that they find the new outlet if there is one.
void herd_internals::remove(const std::string& camera, std::string_view reason) {
  tell(self, monitor, untrack_atom_v, camera);
  tell(self, metrics, untrack_atom_v, camera);
  if (const auto found = cameras.find(camera); found != cameras.end()) {
    if (const auto& outlet = found->second.entry.outlet) outlet->close(reason);
    cameras.erase(found);
  }
  health.erase(camera);
}

void herd_internals::add(const camera_config& spec) {
  const auto number = ++entries_made;
  auto outlet = services->frames ? services->frames->open(spec.name, spec.max_leases,
                                                          listener_of(spec.name, number))
                                 : nullptr;
  const camera_entry entry{std::make_shared<const camera_config>(spec),
                           std::make_shared<camera_account>(), std::move(outlet), number};
  cameras.emplace(spec.name, wanted_camera{entry, {}});
  tell(self, metrics, track_atom_v, entry);
  tell(self, monitor, track_atom_v, entry);
}

void herd_internals::switch_over(const camera_config& spec) {
  auto& entry = cameras.at(spec.name).entry;
  entry.spec = std::make_shared<const camera_config>(spec);
  tell(self, monitor, switch_atom_v, entry);
}

// The outlet holds the listener and the herd holds the outlet, so the listener must not hold
// the herd: it looks whether that still is.
frame_sink::demand_listener herd_internals::listener_of(const std::string& camera,
                                                        std::uint64_t entry) {
  return [herd = self->address(), camera, entry](const camera_demand& asked) {
    if (const auto there = caf::actor_cast<herd_actor>(herd))
      tell_anonymously(there, consumers_asked{camera, entry, asked});
  };
}

void herd_internals::on_asked(const consumers_asked& consumers) {
  const auto found = cameras.find(consumers.name);
  if (found == cameras.end() || found->second.entry.number != consumers.entry) return;
  found->second.asked = consumers.asked;
  tell(self, monitor, consumers);
}

void herd_internals::on_health(const health_ptr& all) {
  for (const auto& camera : *all) {
    if (cameras.contains(camera.name)) health.insert_or_assign(camera.name, camera);
  }
}

void herd_internals::on_counters(const counters_ptr& all) {
  std::map<std::string_view, const camera_counters*> by_name;
  for (const auto& counters : *all) by_name.emplace(counters.name, &counters);
  auto status = std::make_shared<herd_status>();
  status->at = self->clock().now();
  for (const auto& spec : desired->cameras) {
    const auto found = by_name.find(spec.name);
    if (found == by_name.end()) continue;
    const auto known = health.find(spec.name);
    status->cameras.push_back(
        {known == health.end() ? camera_health{.name = spec.name, .detail = {}} : known->second,
         *found->second});
  }
  last_status = std::move(status);
  services->log->settle();
  note_pressure();
  if (at == stage::running) observer->on_status(last_status);
}

void herd_internals::note_pressure() {
  using level = decode_pressure::level;
  const auto now = services->pressure->current(self->clock().now());
  if (std::exchange(pressure, now) == now) return;
  if (now == level::none) {
    services->log->write(log_level::info, "", "overload_over", "no picture is late any more",
                         log_component::decode);
  } else {
    services->log->write(
        log_level::warning, "", "overload",
        now == level::lasting
            ? "there is more to decode than the decode threads can: cameras take turns, and "
              "late pictures are dropped"
            : "pictures that came at once had to wait longer than their cameras' max_age, and "
              "were dropped",
        log_component::decode);
  }
}

void herd_internals::on_halted() {
  if (at == stage::halting_monitor) {
    at = stage::halting_metrics;
    tell(self, metrics, halt_atom_v);
  } else if (at == stage::halting_metrics) {
    close_outlets();
    observer->on_stopped(last_status);
    self->quit();
  }
}

// After the final counts, which say who was there at the end.
void herd_internals::close_outlets() {
  for (const auto& [camera, c] : cameras) {
    if (c.entry.outlet) c.entry.outlet->close("camherd is shutting down");
  }
}

// Nothing but a bug of ours ends these two before their time.
void herd_internals::on_down(const caf::down_msg& down) {
  if (down.source == monitor.address()) {
    if (at == stage::halting_monitor) return on_halted();
    if (at != stage::running) return;
    services->log->write(log_level::error, "", "monitor_restarted", exit_text(down.reason));
    start_monitor();
  } else if (down.source == metrics.address()) {
    if (at == stage::halting_metrics) return on_halted();
    if (at != stage::running) return;
    services->log->write(log_level::error, "", "metrics_restarted", exit_text(down.reason));
    start_metrics();
  }
}

void herd_internals::halt() {
  if (at != stage::running) return;
  at = stage::halting_monitor;
  tell(self, monitor, halt_atom_v);
}

namespace {

herd_actor::behavior_type herd_behavior(herd_actor::stateful_pointer<herd_internals> self,
                                        monitor_options options, services_ptr services,
                                        std::shared_ptr<herd_observer> observer) {
  set_quiet_handlers(self);
  auto& herd = self->state;
  herd.self = self;
  herd.options = std::move(options);
  herd.services = std::move(services);
  herd.observer = std::move(observer);
  self->set_down_handler([self](caf::down_msg& down) { self->state.on_down(down); });
  herd.start_metrics();
  herd.start_monitor();
  return {
      [self](apply_atom, config_ptr next) { self->state.apply(std::move(next)); },
      [self](const demand& d) {
        self->state.wanted = d;
        tell(self, self->state.monitor, d);
      },
      [self](const consumers_asked& consumers) { self->state.on_asked(consumers); },
      [self](restart_atom, const std::string& camera) {
        tell(self, self->state.monitor, restart_atom_v, camera);
      },
      [self](const health_ptr& all) { self->state.on_health(all); },
      [self](const counters_ptr& all) { self->state.on_counters(all); },
      [self](halted_atom) { self->state.on_halted(); },
      [self](halt_atom) { self->state.halt(); },
  };
}

}  // namespace

herd_actor spawn_herd(caf::actor_system& system, monitor_options options, services_ptr services,
                      std::shared_ptr<herd_observer> observer) {
  return system.spawn(herd_behavior, std::move(options), std::move(services),
                      std::move(observer));
}

}  // namespace camherd
