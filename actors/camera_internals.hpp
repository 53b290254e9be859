#pragma once

#include "actors/camera.hpp"
#include "actors/mailbox_listener.hpp"
#include "core/base/thread_cpu.hpp"
#include "core/frame/decode_feed.hpp"
#include "core/frame/demand_hold.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace camherd {

/// The state of a camera's actor: its session in camera.cpp, and the way from access units to
/// frames in camera_pictures.cpp.
struct camera_internals : decode_listener {
  static inline const char* name = "camera";

  camera_actor::stateful_pointer<camera_internals> self = nullptr;
  camera_entry entry;
  services_ptr services;
  monitor_actor monitor;
  std::uint64_t incarnation = 0;

  std::shared_ptr<au_queue> queue;  // shared with the listener of the session
  std::optional<decode_feed> feed;
  std::optional<demand_hold> hold;
  bool settle_due = false;  // a settle message is on its way
  bool turn_due = false;    // a turn message is on its way
  std::unique_ptr<camherd::decoder> decoder;
  cpu_stopwatch decoding;
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
  bool first_keyframe_due = false;   // the session's first is in hand
  bool told_idle = false;            // in this session
  bool told_overflow = false;        // in this session

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

  void log(log_component component, log_level level, std::string_view event,
           std::string_view cause = {}) const {
    services->log->write(level, spec().name, event, cause, component);
  }

  void prepare();
  void open(std::uint64_t number);
  void close(restart_cause cause, std::string words);
  void halt();
  void on_opened(const source_opened& event);
  void on_source_ended(const source_ended& event);
  void on_expired(std::uint64_t number);
  void on_demand(const camera_demand& asked);
  void on_settled();
  void on_beat();
  void on_wake();
  void on_turn();

  void enter(camera_state next);
  [[nodiscard]] std::string milliseconds_open() const;
  void serve_demand();
  void reserve_slots();
  [[nodiscard]] bool decodes() const;
  [[nodiscard]] bool use_next(mono_time now);
  void judge(access_unit unit);
  void decode(decode_order order);
  void rest_decoder();
  void note_first_keyframe();
  void stop_decoding();
  void take_frame(frame f);
  void note_generation(const frame& f);
  void finish_session();
  [[nodiscard]] std::string what_is_missing(caf::actor_clock::time_point now) const;
  [[nodiscard]] demand effective(const demand& wanted) const;
  [[nodiscard]] promise take_promise(std::uint64_t unit);

  void on_frame(frame f) override;
  void on_discarded(std::uint64_t unit_sequence, drop_reason reason) override;
  void on_merged(std::uint64_t unit_sequence) override;
};

}  // namespace camherd
