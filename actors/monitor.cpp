#include "actors/monitor.hpp"

#include "actors/connect_limits.hpp"

#include <algorithm>
#include <cassert>
#include <map>
#include <utility>

namespace camherd {
namespace {

using namespace std::chrono_literals;
using std::chrono::duration_cast;
using std::chrono::milliseconds;

constexpr auto beat = 1s;

std::string in_seconds(std::chrono::nanoseconds delay) {
  const auto tenths = duration_cast<milliseconds>(delay).count() / 100;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

log_level level_of(restart_cause cause) {
  return cause == restart_cause::requested ? log_level::info : log_level::warning;
}

}  // namespace

struct monitor_internals {
  static inline const char* name = "monitor";

  struct record {
    record(camera_entry e, restart_planner p) : entry{std::move(e)}, planner{std::move(p)} {
      health.name = entry.spec->name;
    }

    camera_entry entry;
    restart_planner planner;
    camera_actor actor;             // null between a crash and the next try
    std::uint64_t incarnation = 0;  // of the actor
    std::uint64_t tries = 0;        // numbers retries and sessions: an older number is void
    bool session_open = false;      // the actor has not said yet that it is over
    camera_health health;
    caf::actor_clock::time_point alive_at{};
    camera_demand asked;  // by consumers
  };

  monitor_actor::stateful_pointer<monitor_internals> self = nullptr;
  monitor_options options;
  services_ptr services;
  herd_actor herd;
  demand wanted;

  std::map<std::string, record, std::less<>> cameras;
  std::map<caf::actor_addr, std::string> names;    // of actors that should be alive
  std::map<caf::actor_addr, std::string> leaving;  // of actors told to end
  connect_limits connects;
  caf::actor_clock::time_point beat_at{};
  bool halting = false;

  void track(camera_entry entry);
  void switch_over(camera_entry entry);
  void untrack(const std::string& camera);
  void restart(const std::string& camera);
  void set_demand(const demand& d);
  void on_asked(const consumers_asked& consumers);
  void retry(const std::string& camera, std::uint64_t number);
  void on_progress(const camera_progress& progress);
  void on_session_over(const camera_session_over& over);
  void on_down(const caf::down_msg& down);
  void on_alive(const camera_alive& alive);
  void on_beat();
  void halt();
  void expire();

  void begin(record& r);
  void rest(record& r);
  void start_actor(record& r);
  void tell_demand(const record& r);
  void release_actor(record& r);
  void schedule(record& r, std::chrono::nanoseconds delay);
  void back_off(record& r, restart_cause cause, const error& reason);
  void enter(record& r, camera_state next, std::string detail);
  void tell_state(record& r, camera_state state, std::string detail);
  void end_if_halted();
  [[nodiscard]] record* find(std::string_view camera, std::uint64_t incarnation);
  void log(const record& r, log_level level, std::string_view event,
           std::string_view cause) const {
    services->log->write(level, r.entry.spec->name, event, cause);
  }
};

void monitor_internals::track(camera_entry entry) {
  if (halting) return;
  const auto& camera = entry.spec->name;
  untrack(camera);
  auto& r =
      cameras.try_emplace(camera, entry, restart_planner{options.restarts, options.random})
          .first->second;
  if (!r.entry.spec->runs()) return rest(r);
  start_actor(r);
  schedule(r, 0s);
}

// Actor and account stay while a session is being closed, and the next one waits for it: two
// sessions would count into one account, and some cameras allow only one.
void monitor_internals::switch_over(camera_entry entry) {
  const auto found = cameras.find(entry.spec->name);
  if (found == cameras.end() || found->second.entry.number != entry.number || halting) return;
  auto& r = found->second;
  const bool ran = r.entry.spec->runs();
  r.entry = std::move(entry);
  if (!r.entry.spec->runs()) {
    rest(r);
    if (ran) log(r, log_level::info, "stopped", r.health.detail);
  } else if (!ran) {
    log(r, log_level::info, "started", "");
    begin(r);
  }
}

void monitor_internals::begin(record& r) {
  r.planner.reset();
  if (!r.session_open) schedule(r, 0s);
}

void monitor_internals::rest(record& r) {
  ++r.tries;
  tell_state(
      r, camera_state::stopped,
      r.entry.spec->stopped ? "stopped by an operator" : "disabled in the configuration");
  if (r.session_open) {
    tell(self, r.actor, restart_atom_v);
  } else {
    release_actor(r);
  }
}

void monitor_internals::untrack(const std::string& camera) {
  const auto found = cameras.find(camera);
  if (found == cameras.end()) return;
  release_actor(found->second);
  cameras.erase(found);
}

void monitor_internals::restart(const std::string& camera) {
  const auto found = cameras.find(camera);
  if (found == cameras.end() || halting) return;
  auto& r = found->second;
  if (!r.entry.spec->runs()) return;
  if (r.session_open) {
    r.planner.reset();
    tell(self, r.actor, restart_atom_v);
  } else {
    r.entry.account->metrics.restarted(restart_cause::requested);
    begin(r);
  }
}

void monitor_internals::set_demand(const demand& d) {
  wanted = d;
  for (const auto& [camera, r] : cameras) tell_demand(r);
}

void monitor_internals::on_asked(const consumers_asked& consumers) {
  const auto found = cameras.find(consumers.name);
  if (found == cameras.end() || found->second.entry.number != consumers.entry) return;
  found->second.asked = consumers.asked;
  tell_demand(found->second);
}

void monitor_internals::tell_demand(const record& r) {
  if (!r.actor) return;
  tell(self, r.actor,
       camera_demand{.pictures = greatest(wanted, r.asked.pictures),
                     .held_frames = r.asked.held_frames});
}

void monitor_internals::retry(const std::string& camera, std::uint64_t number) {
  const auto found = cameras.find(camera);
  if (found == cameras.end() || found->second.tries != number || halting) return;
  auto& r = found->second;
  if (const auto wait =
          connects.take(r.entry.spec->url.host(), options.connects_per_second,
                        options.connects_per_second_per_host, self->clock().now());
      wait > 0ns) {
    // Those who wait for the same bucket must not all come back at the same instant.
    const auto spread = std::chrono::nanoseconds{
        static_cast<std::int64_t>(static_cast<double>(wait.count()) * options.random())};
    return schedule(r, wait + spread);
  }
  if (!r.actor) start_actor(r);
  r.session_open = true;
  enter(r, camera_state::connecting, "");
  tell(self, r.actor, session_atom_v, number);
}

void monitor_internals::on_progress(const camera_progress& progress) {
  auto* r = find(progress.name, progress.incarnation);
  // The words of a session that is being closed say nothing of a camera that rests.
  if (r == nullptr || r->health.state == camera_state::stopped) return;
  enter(*r, progress.state, "");
  if (progress.state == camera_state::streaming) r->planner.streaming(self->clock().now());
}

void monitor_internals::on_session_over(const camera_session_over& over) {
  auto* r = find(over.name, over.incarnation);
  if (r == nullptr || halting) return;
  r->session_open = false;
  const auto& spec = *r->entry.spec;
  if (r->health.state == camera_state::stopped)
    return spec.runs() ? schedule(*r, 0s) : release_actor(*r);
  if (over.cause == restart_cause::end_of_stream && spec.url.scheme() == "file" && !spec.loop) {
    log(*r, log_level::info, "ended", over.reason.message());
    release_actor(*r);
    return enter(*r, camera_state::stopped, "the file was played to its end");
  }
  enter(*r, over.cause == restart_cause::stall ? camera_state::stalled : camera_state::failed,
        over.reason.message());
  back_off(*r, over.cause, over.reason);
}

void monitor_internals::on_down(const caf::down_msg& down) {
  if (leaving.erase(down.source) > 0) return end_if_halted();
  const auto found = names.find(down.source);
  if (found == names.end()) return;
  auto& r = cameras.at(found->second);
  names.erase(found);
  r.actor = nullptr;
  const bool session_was_open = std::exchange(r.session_open, false);
  if (halting) return end_if_halted();
  const error reason{error_kind::internal,
                     "the camera's actor ended: " + exit_text(down.reason)};
  if (may_follow(r.health.state, camera_state::failed)) {
    enter(r, camera_state::failed, reason.message());
    back_off(r, restart_cause::crash, reason);
  } else {
    log(r, log_level::error, "crashed", reason.message());
    r.entry.account->metrics.restarted(restart_cause::crash);
    // It was to begin again after the session that ended so.
    if (session_was_open && r.entry.spec->runs()) schedule(r, 0s);
  }
}

void monitor_internals::on_alive(const camera_alive& alive) {
  auto* r = find(alive.name, alive.incarnation);
  if (r == nullptr) return;
  r->alive_at = self->clock().now();
  if (!std::exchange(r->health.responsive, true)) {
    log(*r, log_level::info, "responsive", "the camera's actor takes messages again");
  }
}

void monitor_internals::on_beat() {
  tell_after(self, beat, self, beat_atom_v);
  const auto now = self->clock().now();
  // Where the whole process was starved, the cameras' words come as late as this beat does.
  const auto starved = std::max<std::chrono::nanoseconds>(now - beat_at - beat, 0s);
  beat_at = now;
  auto health = std::make_shared<std::vector<camera_health>>();
  health->reserve(cameras.size());
  for (auto& [camera, r] : cameras) {
    r.alive_at += starved;
    if (r.actor && r.health.responsive && now - r.alive_at > options.silence) {
      r.health.responsive = false;
      log(r, log_level::error, "silent",
          "the camera's actor has been silent for " + in_seconds(now - r.alive_at) +
              ": it is stuck in a library call");
    }
    health->push_back(r.health);
  }
  tell(self, herd, health_ptr{std::move(health)});
}

void monitor_internals::halt() {
  if (std::exchange(halting, true)) return;
  for (auto& [camera, r] : cameras) {
    release_actor(r);
    if (r.health.state != camera_state::stopped) enter(r, camera_state::stopped, "");
  }
  tell_after(self, options.halt_timeout, self, expire_atom_v);
  end_if_halted();
}

void monitor_internals::expire() {
  for (const auto& [address, camera] : leaving) {
    services->log->write(log_level::error, camera, "left_behind",
                         "the camera's actor did not end in time");
  }
  leaving.clear();
  end_if_halted();
}

void monitor_internals::start_actor(record& r) {
  ++r.incarnation;
  r.actor = spawn_camera(self->system(), r.entry, services, self, r.incarnation);
  r.alive_at = self->clock().now();
  r.health.responsive = true;
  names.emplace(r.actor.address(), r.entry.spec->name);
  self->monitor(r.actor);
  tell_demand(r);
}

void monitor_internals::release_actor(record& r) {
  ++r.tries;
  if (!r.actor) return;
  tell(self, r.actor, halt_atom_v);
  names.erase(r.actor.address());
  leaving.emplace(r.actor.address(), r.entry.spec->name);
  r.actor = nullptr;
}

void monitor_internals::schedule(record& r, std::chrono::nanoseconds delay) {
  ++r.tries;
  if (delay <= 0ns) return tell(self, self, retry_atom_v, r.entry.spec->name, r.tries);
  tell_after(self, delay, self, retry_atom_v, r.entry.spec->name, r.tries);
}

void monitor_internals::back_off(record& r, restart_cause cause, const error& reason) {
  r.entry.account->metrics.restarted(cause);
  const auto severity = cause == restart_cause::authentication ? failure_severity::refused
                                                               : failure_severity::passing;
  auto decision = cause == restart_cause::requested
                      ? restart_decision{.delay = 0ms}
                      : r.planner.failed(self->clock().now(), severity);
  const auto words = reason.message() + "; next try in " + in_seconds(decision.delay);
  const auto next = decision.quarantined ? camera_state::quarantined : camera_state::backoff;
  log(r, level_of(cause),
      decision.quarantined ? "quarantined" : std::string_view{to_string(cause)}, words);
  enter(r, next, words);
  schedule(r, decision.delay);
}

void monitor_internals::enter(record& r, camera_state next, std::string detail) {
  assert(may_follow(r.health.state, next));
  tell_state(r, next, std::move(detail));
}

// Details come from errors, which hold no credentials.
void monitor_internals::tell_state(record& r, camera_state state, std::string detail) {
  r.health.state = state;
  r.health.detail = std::move(detail);
  if (r.entry.outlet) r.entry.outlet->state_changed(state, r.health.detail);
}

void monitor_internals::end_if_halted() {
  if (!halting || !leaving.empty()) return;
  tell(self, herd, halted_atom_v);
  self->quit();
}

monitor_internals::record* monitor_internals::find(std::string_view camera,
                                                   std::uint64_t incarnation) {
  const auto found = cameras.find(camera);
  if (found == cameras.end()) return nullptr;
  auto& r = found->second;
  return r.actor && r.incarnation == incarnation ? &r : nullptr;
}

namespace {

monitor_actor::behavior_type monitor_behavior(
    monitor_actor::stateful_pointer<monitor_internals> self, monitor_options options,
    services_ptr services, herd_actor herd) {
  set_quiet_handlers(self);
  auto& monitor = self->state;
  monitor.self = self;
  monitor.options = std::move(options);
  monitor.services = std::move(services);
  monitor.herd = std::move(herd);
  self->set_down_handler([self](caf::down_msg& down) { self->state.on_down(down); });
  monitor.beat_at = self->clock().now();
  tell_after(self, beat, self, beat_atom_v);
  return {
      [self](track_atom, camera_entry entry) { self->state.track(std::move(entry)); },
      [self](switch_atom, camera_entry entry) { self->state.switch_over(std::move(entry)); },
      [self](untrack_atom, const std::string& camera) { self->state.untrack(camera); },
      [self](restart_atom, const std::string& camera) { self->state.restart(camera); },
      [self](const demand& d) { self->state.set_demand(d); },
      [self](const consumers_asked& consumers) { self->state.on_asked(consumers); },
      [self](retry_atom, const std::string& camera, std::uint64_t number) {
        self->state.retry(camera, number);
      },
      [self](const camera_progress& progress) { self->state.on_progress(progress); },
      [self](const camera_session_over& over) { self->state.on_session_over(over); },
      [self](const camera_alive& alive) { self->state.on_alive(alive); },
      [self](beat_atom) { self->state.on_beat(); },
      [self](halt_atom) { self->state.halt(); },
      [self](expire_atom) { self->state.expire(); },
  };
}

}  // namespace

monitor_actor spawn_monitor(caf::actor_system& system, monitor_options options,
                            services_ptr services, herd_actor herd) {
  return system.spawn(monitor_behavior, std::move(options), std::move(services),
                      std::move(herd));
}

}  // namespace camherd
