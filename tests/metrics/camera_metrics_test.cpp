#include "core/metrics/camera_metrics.hpp"

#include "tests/support/catch.hpp"

using namespace camherd;
using namespace std::chrono_literals;

TEST_CASE("transport counters add up over sessions", "[metrics]") {
  camera_metrics metrics;
  metrics.session_statistics({.bytes = 100, .packets = 10, .packets_lost = 1, .jitter = 3ms});
  metrics.session_statistics({.bytes = 200, .packets = 20, .packets_lost = 2, .jitter = 4ms});
  CHECK(metrics.counts().transport.bytes == 200);

  metrics.end_session();
  CHECK(metrics.counts().transport.bytes == 200);
  CHECK(metrics.counts().transport.jitter == 4ms);

  metrics.session_statistics({.bytes = 50, .packets = 5, .jitter = 1ms});
  const auto counts = metrics.counts();
  CHECK(counts.transport.bytes == 250);
  CHECK(counts.transport.packets == 25);
  CHECK(counts.transport.packets_lost == 2);
  CHECK(counts.transport.jitter == 1ms);
}

TEST_CASE("frames, errors and restarts are counted each in its place", "[metrics]") {
  camera_metrics metrics;
  const mono_time start{1h};
  metrics.decoded(start, start + 5ms);
  metrics.decoded(start + 1s, start + 1s + 7ms);
  metrics.published(start + 1s, start + 1s + 9ms);
  metrics.keyframe_received(start);
  metrics.decoder_used(3ms);
  metrics.decoder_used(4ms);
  metrics.set_load({.queued_units = 1, .slots = 8, .slots_in_use = 5});
  metrics.set_load({.queued_units = 2, .slots = 8, .slots_in_use = 6});
  metrics.decode_error();
  metrics.session_opened();
  metrics.restarted(restart_cause::stall);
  metrics.restarted(restart_cause::stall);
  metrics.restarted(restart_cause::crash);

  const auto counts = metrics.counts();
  CHECK(counts.receive_to_decoded.count() == 2);
  CHECK(counts.receive_to_decoded.max() == 7ms);
  CHECK(counts.first_frame == start + 5ms);
  CHECK(counts.last_frame == start + 1s + 7ms);
  CHECK(counts.published == 1);
  CHECK(counts.receive_to_published.count() == 1);
  CHECK(counts.receive_to_published.max() == 9ms);
  CHECK(counts.last_picture == start + 1s);
  CHECK(counts.last_keyframe == start);
  CHECK(counts.decode_cpu == 7ms);
  CHECK(counts.load == camera_load{.queued_units = 2, .slots = 8, .slots_in_use = 6});
  CHECK(counts.decode_errors == 1);
  CHECK(counts.sessions == 1);
  CHECK(counts.restarts[static_cast<std::size_t>(restart_cause::stall)] == 2);
  CHECK(counts.restarts_total() == 3);
}
