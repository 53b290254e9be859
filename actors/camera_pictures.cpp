#include "actors/camera_internals.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace camherd {

void camera_internals::on_demand(const camera_demand& asked) {
  auto allowed = asked;
  allowed.held_frames = std::min(asked.held_frames, spec().max_leases);
  hold->ask(allowed, self->clock().now());
  serve_demand();
}

void camera_internals::on_settled() {
  settle_due = false;
  hold->advance(self->clock().now());
  serve_demand();
}

void camera_internals::serve_demand() {
  const auto wanted = hold->in_effect();
  if (std::exchange(held_frames, wanted.held_frames) != wanted.held_frames) reserve_slots();
  feed->set_demand(effective(wanted.pictures));
  // Kept units are decoded now, though no new one may wake us.
  if (feed->catches_up()) on_wake();
  if (const auto next = hold->next_change(); next && !std::exchange(settle_due, true))
    tell_after(self, *next - self->clock().now(), self, settle_atom_v);
}

void camera_internals::reserve_slots() {
  if (!decoder) return;
  if (const auto done = decoder->reserve(held_frames); !done)
    log(log_component::decode, log_level::warning, "slots", done.error().message());
}

void camera_internals::on_wake() {
  if (!turn_due) on_turn();
}

// One unit a turn, so that every camera gets its share of the workers; and no turn for nothing,
// which costs as much as a wake-up of another worker.
void camera_internals::on_turn() {
  const auto began = self->clock().now();
  const bool later = decodes() && queue->gives_way(began);
  turn_due = later || (use_next(began) && (feed->catches_up() || !queue->rest()));
  const auto ended_at = self->clock().now();
  services->pressure->worked(ended_at - began, ended_at);
  if (turn_due) {
    tell(self, self, turn_atom_v);
  } else if (ended) {
    finish_session();
  }
}

bool camera_internals::decodes() const {
  return feed->wanted().level != decode_level::nothing;
}

// False if there was none.
bool camera_internals::use_next(mono_time now) {
  bool used = false;
  if (feed->takes_more()) {
    if (auto unit = queue->pop(now, decodes() ? unit_use::decoding : unit_use::keeping)) {
      judge(std::move(*unit));
      used = true;
    }
  }
  if (auto order = feed->take()) {
    decode(std::move(*order));
    used = true;
  }
  return used;
}

void camera_internals::judge(access_unit unit) {
  const bool keyframe = unit.keyframe;
  if (keyframe) entry.account->metrics.keyframe_received(unit.received_at);
  const auto fate = feed->offer(std::move(unit));
  if (fate == unit_fate::dropped) return;
  first_keyframe_due = keyframe && state == camera_state::waiting_keyframe;
  if (fate != unit_fate::to_decode) note_first_keyframe();
  // What is kept from here on begins with a keyframe, which needs nothing that was before.
  if (fate == unit_fate::kept && keyframe && !decodes()) rest_decoder();
  if (fate == unit_fate::kept && !decodes() && !std::exchange(told_idle, true)) {
    log(log_component::decode, log_level::info, "idle",
        "nobody asks for frames: not decoded (idle: off)");
  }
  if (fate == unit_fate::overflowed && !std::exchange(told_overflow, true)) {
    log(log_component::decode, log_level::warning, "idle_buffer_full",
        "the pictures since the last keyframe exceed idle_buffer_size: the next consumer waits "
        "for a keyframe");
  }
}

// Of one that is to be decoded, after it was: it may be one that nothing can be done with.
void camera_internals::note_first_keyframe() {
  if (!std::exchange(first_keyframe_due, false) || our_reason) return;
  log(log_component::decode, log_level::info, "streaming",
      "first keyframe after " + milliseconds_open());
  enter(camera_state::streaming);
}

void camera_internals::decode(decode_order order) {
  if (!decoder) return ledger().dropped(drop_reason::stale);
  promises.push_back({order.unit.sequence, order.publish, order.damaged});
  decoding.start();
  const auto done = decoder->decode(std::move(order.unit), *this);
  stop_decoding();
  if (!done && done.error().kind() == error_kind::corrupt) {
    log(log_component::decode, log_level::debug, "decode_error", done.error().message());
  } else if (!done) {
    log(log_component::decode, log_level::error, "decode_error", done.error().message());
    close(restart_cause::decoder, done.error().message());
  }
  if (errors_in_row >= spec().error_threshold) {
    close(restart_cause::decoder, std::to_string(errors_in_row) + " decode errors in a row");
  }
  note_first_keyframe();
}

void camera_internals::rest_decoder() {
  if (!decoder) return;
  decoding.start();
  decoder->rest(*this);
  stop_decoding();
  assert(promises.empty());
  // It holds the memory of all slots.
  if (entry.outlet) entry.outlet->forget_newest();
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

void camera_internals::stop_decoding() {
  decoding.stop();
  entry.account->metrics.decoder_used(decoding.take());
}

// Called by the decoder, whose time it is not.
void camera_internals::on_frame(frame f) {
  decoding.stop();
  take_frame(std::move(f));
  decoding.start();
}

void camera_internals::take_frame(frame f) {
  const auto promised = take_promise(f.metadata.unit_sequence);
  auto& metrics = entry.account->metrics;
  if (f.metadata.corrupt) {
    ++errors_in_row;
    metrics.decode_error();
    feed->lost_reference();
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
  note_generation(f);
  if (entry.outlet) entry.outlet->publish(f);
  metrics.published(f.metadata.received_at, f.metadata.published_at);
}

void camera_internals::note_generation(const frame& f) {
  auto& next = entry.account->next_generation;
  const auto expected = next.load(std::memory_order_relaxed);
  if (f.metadata.generation < expected) return;
  next.store(f.metadata.generation + 1, std::memory_order_relaxed);
  log(log_component::decode, log_level::info, "pictures",
      std::to_string(f.width) + "x" + std::to_string(f.height) + " " +
          std::string{to_string(f.format)});
}

void camera_internals::on_discarded(std::uint64_t unit_sequence, drop_reason reason) {
  (void)take_promise(unit_sequence);
  ledger().dropped(reason);
  if (reason == drop_reason::corrupt || reason == drop_reason::no_free_slot)
    feed->lost_reference();
  if (reason != drop_reason::corrupt) return;
  ++errors_in_row;
  entry.account->metrics.decode_error();
}

void camera_internals::on_merged(std::uint64_t unit_sequence) {
  (void)take_promise(unit_sequence);
  ledger().decoded();
}

}  // namespace camherd
