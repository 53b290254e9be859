#include "actors/camera.hpp"

#include "actors/mailbox_listener.hpp"
#include "core/frame/decode_plan.hpp"
#include "core/frame/idle_buffer.hpp"

#include <algorithm>
#include <cassert>
#include <deque>
#include <optional>
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

struct camera_internals : decode_listener {
  static inline const char* name = "camera";

  camera_actor::stateful_pointer<camera_internals> self = nullptr;
  camera_entry entry;
  services_ptr services;
  monitor_actor monitor;
  std::uint64_t incarnation = 0;

  std::shared_ptr<au_queue> queue;  // shared with the listener of the session
  std::optional<idle_buffer> kept;
  std::optional<decode_plan> plan;
  std::unique_ptr<camherd::decoder> decoder;
  std::size_t held_frames = 0;  // that consumers may hold at the same time

  // The session: opened by the monitor's order, over when the source has ended and its units
  // are used.
  std::uint64_t session = 0;
  source_ptr source;
  std::shared_ptr<mailbox_listener> listener;  // shared with the source
  camera_state state = camera_state::stopped;
  caf::actor_clock::time_point opened_at{};
  caf::actor_clock::time_point last_unit_at{};
  caf::actor_clock::time_point last_whole_at{};  // when no keyframe was waited for
  std::uint64_t received_before = 0;             // the ledger's, at the last beat
  std::optional<error> ended;                    // the source has ended for this reason
  std::optional<restart_cause> our_reason;       // we closed the source ourselves
  std::string our_words;
  bool halting = false;

  struct promise {
    std::uint64_t unit;
    bool publish;
    bool damaged;
  };
  std::deque<promise>
      promises;  // verdicts of the units inside the decoder, as many as it holds
  unsigned errors_in_row = 0;
  std::uint64_t dropped_before = 0;  // the ledger's drops when the last frame was published
  bool told_idle = false;

  ~camera_internals() override {
    if (listener) listener->cut();
    if (source) {
      entry.account->metrics.session_statistics(source->statistics());
      entry.account->metrics.end_session();
      source->stop();
    }
    // What a crash left inside the decoder has no other fate.
    if (!promises.empty()) entry.account->flow->dropped(drop_reason::corrupt, promises.size());
  }

  [[nodiscard]] const camera_config& spec() const { return *entry.spec; }
  [[nodiscard]] flow_ledger& ledger() const { return *entry.account->flow; }

  void log(log_level level, std::string_view event, std::string_view cause = {}) const {
    services->log->write(level, spec().name, event, cause);
  }

  void prepare();
  void open(std::uint64_t number);
  void close(restart_cause cause, std::string words);
  void halt();
  void on_opened(const source_opened& event);
  void on_source_ended(const source_ended& event);
  void on_expired(std::uint64_t number);
  void on_demand(const camera_demand& asked);
  void reserve_slots();
  void on_beat();
  void on_wake();

  void enter(camera_state next);
  [[nodiscard]] std::string milliseconds_open() const;
  void use(access_unit unit);
  void decode(access_unit unit, const decode_verdict& verdict);
  void finish_session();
  [[nodiscard]] std::string what_is_missing(caf::actor_clock::time_point now) const;
  [[nodiscard]] demand effective(const demand& wanted) const;
  [[nodiscard]] promise take_promise(std::uint64_t unit);

  void on_frame(frame f) override;
  void on_discarded(std::uint64_t unit_sequence, drop_reason reason) override;
  void on_merged(std::uint64_t unit_sequence) override;
};

void camera_internals::prepare() {
  queue = std::make_shared<au_queue>(
      au_queue_limits{.max_units = spec().frame_queue_size, .max_age = spec().max_age},
      entry.account->flow);
  kept.emplace(spec().idle_buffer_bytes, entry.account->flow);
  plan.emplace(spec().corrupt == corrupt_policy::flag ? damage_policy::flag
                                                      : damage_policy::withhold);
  plan->set_demand(effective({}));
  tell_after(self, beat, self, beat_atom_v);
}

void camera_internals::open(std::uint64_t number) {
  if (source || halting) return;
  session = number;
  ended.reset();
  our_reason.reset();
  our_words.clear();
  errors_in_row = 0;
  told_idle = false;
  opened_at = last_unit_at = last_whole_at = self->clock().now();
  received_before = ledger().counts().received;
  state = camera_state::connecting;
  plan->restart();
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
  log(log_level::info, "connected", words);
  if (state == camera_state::connecting) enter(camera_state::waiting_keyframe);
}

void camera_internals::on_source_ended(const source_ended& event) {
  if (event.session != session || !source || ended) return;
  ended = event.reason;
  // With units left a wake-up is on its way, and the last of them ends the session.
  if (queue->size() == 0) finish_session();
}

void camera_internals::on_expired(std::uint64_t number) {
  if (number != session || !source || ended) return;
  log(log_level::error, "source_abandoned",
      "the source did not end in time after it was stopped");
  listener->cut();
  ended = error{error_kind::internal, "the source did not end in time"};
  queue->clear(drop_reason::stale);
  finish_session();
}

void camera_internals::on_demand(const camera_demand& asked) {
  if (std::exchange(held_frames, asked.held_frames) != asked.held_frames) reserve_slots();
  const auto level_before = plan->wanted().level;
  plan->set_demand(effective(asked.pictures));
  // Units kept for this moment are decoded now, though no new one may wake us.
  if (level_before == decode_level::nothing && kept->size() > 0) tell(self, self, wake_atom_v);
}

void camera_internals::reserve_slots() {
  if (!decoder) return;
  if (const auto done = decoder->reserve(held_frames); !done)
    log(log_level::warning, "slots", done.error().message());
}

void camera_internals::on_beat() {
  tell_after(self, beat, self, beat_atom_v);
  tell(self, monitor, camera_alive{spec().name, incarnation});
  if (!source) return;
  entry.account->metrics.session_statistics(source->statistics());
  const auto now = self->clock().now();
  if (const auto received = ledger().counts().received; received != received_before) {
    received_before = received;
    last_unit_at = now;
  }
  if (!plan->waits_for_keyframe()) last_whole_at = now;
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

void camera_internals::on_wake() {
  if (plan->wanted().level != decode_level::nothing && kept->size() > 0) {
    auto unit = kept->take();
    // Only the newest of the kept pictures is current; the others lead to it.
    decode(std::move(*unit), {.publish = kept->size() == 0});
  } else if (auto unit = queue->pop(self->clock().now())) {
    use(std::move(*unit));
  } else {
    if (ended) finish_session();
    return;
  }
  // One unit a turn, so that every camera gets its share of the workers.
  tell(self, self, wake_atom_v);
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

void camera_internals::use(access_unit unit) {
  const auto verdict = plan->judge(unit);
  if (verdict.action == decode_action::drop) return ledger().dropped(verdict.reason);
  if (unit.keyframe && state == camera_state::waiting_keyframe) {
    log(log_level::info, "streaming", "first keyframe after " + milliseconds_open());
    enter(camera_state::streaming);
  }
  if (verdict.action == decode_action::decode) return decode(std::move(unit), verdict);
  if (!std::exchange(told_idle, true)) {
    log(log_level::info, "idle", "nobody asks for frames: not decoded (idle: off)");
  }
  if (!kept->keep(std::move(unit))) {
    plan->lost_reference();
    log(log_level::warning, "idle_buffer_full",
        "the pictures since the last keyframe exceed idle_buffer_size: the next consumer waits "
        "for a keyframe");
  }
}

void camera_internals::decode(access_unit unit, const decode_verdict& verdict) {
  if (!decoder) return ledger().dropped(drop_reason::stale);
  promises.push_back({unit.sequence, verdict.publish, verdict.damaged});
  const auto done = decoder->decode(std::move(unit), *this);
  if (!done && done.error().kind() == error_kind::corrupt) {
    log(log_level::debug, "decode_error", done.error().message());
  } else if (!done) {
    log(log_level::error, "decode_error", done.error().message());
    close(restart_cause::decoder, done.error().message());
  }
  if (errors_in_row >= spec().error_threshold) {
    close(restart_cause::decoder, std::to_string(errors_in_row) + " decode errors in a row");
  }
}

void camera_internals::finish_session() {
  if (decoder) decoder->drain(*this);
  decoder.reset();
  assert(promises.empty());
  kept->clear(drop_reason::stale);
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

// The rate is the smaller of what is asked for and what the configuration allows; without
// consumers the idle policy takes their place.
demand camera_internals::effective(const demand& wanted) const {
  auto result = wanted;
  if (result.level == decode_level::nothing) {
    if (spec().idle == idle_policy::keyframes) result.level = decode_level::keyframes;
    if (spec().idle == idle_policy::full) result.level = decode_level::everything;
  }
  if (const auto limit = spec().frames_per_second_limit; limit > 0) {
    result.max_fps = result.max_fps > 0 ? std::min(result.max_fps, limit) : limit;
  }
  return result;
}

camera_internals::promise camera_internals::take_promise(std::uint64_t unit) {
  const auto found = std::find_if(promises.begin(), promises.end(),
                                  [&](const promise& p) { return p.unit == unit; });
  assert(found != promises.end());
  const auto taken = *found;
  promises.erase(found);
  return taken;
}

void camera_internals::on_frame(frame f) {
  const auto promised = take_promise(f.metadata.unit_sequence);
  auto& metrics = entry.account->metrics;
  if (f.metadata.corrupt) {
    ++errors_in_row;
    metrics.decode_error();
    plan->lost_reference();
    if (spec().corrupt == corrupt_policy::withhold)
      return ledger().dropped(drop_reason::corrupt);
  } else {
    errors_in_row = 0;
  }
  ledger().decoded();
  metrics.decoded(f.metadata.received_at, f.metadata.decoded_at);
  if (!promised.publish) return;

  f.metadata.corrupt |= promised.damaged;
  f.metadata.sequence = entry.account->next_frame.fetch_add(1, std::memory_order_relaxed);
  const auto dropped = ledger().counts().dropped();
  f.metadata.dropped_before = dropped - std::exchange(dropped_before, dropped);
  f.metadata.published_at = std::chrono::steady_clock::now();
  entry.account->next_generation.store(f.metadata.generation + 1, std::memory_order_relaxed);
  if (entry.outlet) entry.outlet->publish(f);
  metrics.published();
}

void camera_internals::on_discarded(std::uint64_t unit_sequence, drop_reason reason) {
  (void)take_promise(unit_sequence);
  ledger().dropped(reason);
  if (reason == drop_reason::corrupt || reason == drop_reason::no_free_slot)
    plan->lost_reference();
  if (reason != drop_reason::corrupt) return;
  ++errors_in_row;
  entry.account->metrics.decode_error();
}

void camera_internals::on_merged(std::uint64_t unit_sequence) {
  (void)take_promise(unit_sequence);
  ledger().decoded();
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
      [self](expire_atom, std::uint64_t number) { self->state.on_expired(number); },
      [self](const source_opened& event) { self->state.on_opened(event); },
      [self](const source_notice& event) {
        self->state.log(log_level::warning, "notice", event.text);
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
