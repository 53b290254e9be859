#include "actors/camera.hpp"

#include "actors/camera_internals.hpp"

#include <cassert>
#include <utility>

namespace camherd {
namespace {

using namespace std::chrono_literals;

constexpr auto beat = 1s;
// A source promises to end soon after `stop`; past this it is cut off and left to itself.
constexpr auto source_grace = 5s;

restart_cause cause_of(const error& reason) {
  switch (reason.kind()) {
    case error_kind::retry:
    case error_kind::internal:
      return restart_cause::connection;
    case error_kind::authentication:
      return restart_cause::authentication;
    case error_kind::unsupported:
    case error_kind::corrupt:
    case error_kind::invalid_argument:
      return restart_cause::protocol;
    case error_kind::end_of_stream:
      return restart_cause::end_of_stream;
  }
  return restart_cause::connection;
}

}  // namespace

void camera_internals::prepare() {
  queue = std::make_shared<au_queue>(
      au_queue_limits{.max_units = spec().frame_queue_size, .max_age = spec().max_age},
      entry.account->flow, services->pressure);
  feed.emplace(
      spec().corrupt == corrupt_policy::flag ? damage_policy::flag : damage_policy::withhold,
      spec().idle_buffer_bytes, entry.account->flow);
  feed->set_demand(effective({}));
  hold.emplace(spec().demand_hold);
  dropped_before = ledger().counts().dropped();
  tell_after(self, beat, self, beat_atom_v);
}

void camera_internals::open(std::uint64_t number) {
  if (source || halting) return;
  session = number;
  ended.reset();
  our_reason.reset();
  our_words.clear();
  errors_in_row = 0;
  first_keyframe_due = told_idle = told_overflow = false;
  opened_at = last_unit_at = last_whole_at = self->clock().now();
  received_before = ledger().counts().received;
  state = camera_state::connecting;
  listener = std::make_shared<mailbox_listener>(self, session, queue);
  source = services->open_source(spec(), listener);
  source->start();
}

void camera_internals::close(restart_cause cause, std::string words) {
  if (!source || our_reason) return;
  our_reason = cause;
  our_words = std::move(words);
  source->stop();
  tell_after(self, source_grace, self, expire_atom_v, session);
}

void camera_internals::halt() {
  halting = true;
  if (source) {
    close(restart_cause::requested, "shutting down");
  } else {
    self->quit();
  }
}

void camera_internals::on_opened(const source_opened& event) {
  if (event.session != session || !source) return;
  const auto& info = event.info;
  auto made =
      services->open_decoder(info.codec, decoder_options{},
                             entry.account->next_generation.load(std::memory_order_relaxed));
  if (!made) {
    close(restart_cause::protocol, made.error().message());
    return;
  }
  decoder = std::move(*made);
  reserve_slots();
  entry.account->metrics.session_opened();
  std::string words = std::string{to_string(info.codec)} + " over " + info.transport;
  if (!info.authentication.empty() && info.authentication != "none") {
    words += ", " + info.authentication;
  }
  words += ", after " + milliseconds_open();
  log(log_component::rtsp, log_level::info, "connected", words);
  if (state == camera_state::connecting) enter(camera_state::waiting_keyframe);
}

void camera_internals::on_source_ended(const source_ended& event) {
  if (event.session != session || !source || ended) return;
  ended = event.reason;
  if (queue->size() == 0 && !feed->catches_up()) return finish_session();
  // The last of the units that are left ends the session. The wake-up for them may have been
  // lost for want of memory.
  on_wake();
}

void camera_internals::on_expired(std::uint64_t number) {
  if (number != session || !source || ended) return;
  log(log_component::rtsp, log_level::error, "source_abandoned",
      "the source did not end in time after it was stopped");
  listener->cut();
  ended = error{error_kind::internal, "the source did not end in time"};
  queue->clear(drop_reason::stale);
  finish_session();
}

void camera_internals::on_beat() {
  tell_after(self, beat, self, beat_atom_v);
  tell(self, monitor, camera_alive{spec().name, incarnation});
  const auto slots = decoder ? decoder->slots() : slot_usage{};
  entry.account->metrics.set_load(
      {.queued_units = queue->size(), .slots = slots.total, .slots_in_use = slots.in_use});
  if (!source) return;
  entry.account->metrics.session_statistics(source->statistics());
  const auto now = self->clock().now();
  if (const auto received = ledger().counts().received; received != received_before) {
    received_before = received;
    last_unit_at = now;
  }
  if (!feed->waits_for_keyframe()) last_whole_at = now;
  if (our_reason) return;
  if (auto words = what_is_missing(now); !words.empty())
    close(restart_cause::stall, std::move(words));
}

// Empty while the stream delivers what it should.
std::string camera_internals::what_is_missing(caf::actor_clock::time_point now) const {
  const auto says = [](const char* what, auto silence) {
    const auto s = std::chrono::duration_cast<std::chrono::seconds>(silence);
    return std::string{what} + " for " + std::to_string(s.count()) + " s";
  };
  if (state == camera_state::streaming) {
    if (now - last_unit_at >= spec().stall_timeout)
      return says("no picture", now - last_unit_at);
    if (now - last_whole_at >= spec().first_frame_timeout) {
      return says("pictures are missing and no keyframe came", now - last_whole_at);
    }
  } else if (now - opened_at >= spec().first_frame_timeout) {
    return says(
        last_unit_at > opened_at ? "connected, but no keyframe" : "connected, but no picture",
        now - opened_at);
  }
  return {};
}

void camera_internals::enter(camera_state next) {
  assert(may_follow(state, next));
  state = next;
  tell(self, monitor, camera_progress{spec().name, incarnation, state});
}

// "1019 ms" since the session was opened.
std::string camera_internals::milliseconds_open() const {
  const auto open = self->clock().now() - opened_at;
  const auto whole = std::chrono::duration_cast<std::chrono::milliseconds>(open);
  return std::to_string(whole.count()) + " ms";
}

void camera_internals::finish_session() {
  rest_decoder();
  decoder.reset();
  feed->end_session();
  listener->cut();
  entry.account->metrics.session_statistics(source->statistics());
  entry.account->metrics.end_session();
  listener.reset();
  source.reset();
  state = camera_state::stopped;
  const auto end = *std::exchange(ended, std::nullopt);
  const auto cause = our_reason.value_or(cause_of(end));
  const auto reason = our_reason ? error{end.kind(), our_words} : end;
  if (halting) return self->quit();
  tell(self, monitor, camera_session_over{spec().name, incarnation, cause, reason});
}

namespace {

camera_actor::behavior_type camera_behavior(
    camera_actor::stateful_pointer<camera_internals> self, camera_entry entry,
    services_ptr services, monitor_actor monitor, std::uint64_t incarnation) {
  set_quiet_handlers(self);
  auto& camera = self->state;
  camera.self = self;
  camera.entry = std::move(entry);
  camera.services = std::move(services);
  camera.monitor = std::move(monitor);
  camera.incarnation = incarnation;
  self->monitor(camera.monitor);
  self->set_down_handler([self](caf::down_msg&) { self->state.halt(); });
  camera.prepare();
  return {
      [self](session_atom, std::uint64_t number) { self->state.open(number); },
      [self](restart_atom) {
        self->state.close(restart_cause::requested, "restart requested");
      },
      [self](halt_atom) { self->state.halt(); },
      [self](const camera_demand& asked) { self->state.on_demand(asked); },
      [self](wake_atom) { self->state.on_wake(); },
      [self](turn_atom) { self->state.on_turn(); },
      [self](settle_atom) { self->state.on_settled(); },
      [self](expire_atom, std::uint64_t number) { self->state.on_expired(number); },
      [self](const source_opened& event) { self->state.on_opened(event); },
      [self](const source_notice& event) {
        self->state.log(log_component::rtsp, log_level::warning, "notice", event.text);
      },
      [self](const source_ended& event) { self->state.on_source_ended(event); },
      [self](beat_atom) { self->state.on_beat(); },
  };
}

}  // namespace

camera_actor spawn_camera(caf::actor_system& system, camera_entry entry, services_ptr services,
                          monitor_actor monitor, std::uint64_t incarnation) {
  return system.spawn(camera_behavior, std::move(entry), std::move(services),
                      std::move(monitor), incarnation);
}

}  // namespace camherd
