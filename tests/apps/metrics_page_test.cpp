#include "apps/camherd/metrics_page.hpp"

#include "tests/apps/metrics_reference.hpp"
#include "tests/apps/promtool.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

using namespace camherd;
using namespace camherd::testing;
using namespace std::chrono_literals;

namespace {

constexpr mono_time now{1h};

camera_status busy_camera(const std::string& name) {
  camera_metrics metrics;
  metrics.keyframe_received(now - 3s);
  metrics.decoded(now - 200ms, now - 196ms);
  metrics.published(now - 200ms, now - 195ms);
  metrics.decoder_used(4ms);
  metrics.decode_error();
  metrics.session_opened();
  metrics.restarted(restart_cause::stall);
  metrics.restarted(restart_cause::stall);
  metrics.session_statistics({.bytes = 5000,
                              .packets = 10,
                              .packets_lost = 2,
                              .packets_reordered = 3,
                              .packets_duplicate = 4,
                              .packets_late = 1,
                              .jitter = 2500us});
  metrics.set_load({.queued_units = 6, .slots = 9, .slots_in_use = 7});
  camera_status status;
  status.health.name = status.counters.name = name;
  status.health.state = camera_state::streaming;
  status.health.responsive = false;
  status.counters.counts = metrics.counts();
  status.counters.flow = {.received = 64, .decoded = 60, .dropped_by = {}, .in_flight = 1};
  status.counters.flow.dropped_by[static_cast<std::size_t>(drop_reason::stale)] = 3;
  status.counters.rates = {.received = 25, .decoded = 12.5, .published = 5, .bits = 0};
  auto& delivery = status.counters.delivery;
  delivery.consumers = 2;
  delivery.leases = 1;
  delivery.delivered = 100;
  delivery.dropped_by[static_cast<std::size_t>(drop_reason::consumer_busy)] = 8;
  delivery.converted = 50;
  delivery.converted_bytes = 4096;
  delivery.age_at_release.record(120ms);
  return status;
}

std::string page_of(std::vector<camera_status> cameras) {
  herd_status status;
  status.at = now;
  status.cameras = std::move(cameras);
  return render_metrics(status,
                        {.cpu_seconds = 1.5,
                         .peak_rss_bytes = 9,
                         .resident_bytes = 8192,
                         .threads = 6,
                         .open_files = 70,
                         .max_files = 1024,
                         .events_without_memory = 9,
                         .started_at = wall_time{1'700'000'000s}},
                        {.successful = false, .loaded_at = wall_time{1'700'000'001s}});
}

}  // namespace

TEST_CASE("everything that is counted stands on the page", "[apps][metrics]") {
  const auto page = page_of({busy_camera("yard")});
  const auto says = [&](const std::string& line) {
    INFO(line);
    CHECK(page.find('\n' + line + '\n') != std::string::npos);
  };
  says(R"(camherd_access_units_received_total{camera="yard"} 64)");
  says(R"(camherd_access_units_decoded_total{camera="yard"} 60)");
  says(R"(camherd_access_units_in_flight{camera="yard"} 1)");
  says(R"(camherd_access_units_dropped_total{camera="yard",reason="stale"} 3)");
  says(R"(camherd_access_units_dropped_total{camera="yard",reason="corrupt"} 0)");
  says(R"(camherd_frames_published_total{camera="yard"} 1)");
  says(R"(camherd_frames_delivered_total{camera="yard"} 100)");
  says(R"(camherd_frames_undelivered_total{camera="yard",reason="consumer_busy"} 8)");
  says(R"(camherd_conversions_total{camera="yard"} 50)");
  says(R"(camherd_converted_bytes_total{camera="yard"} 4096)");
  says(R"(camherd_decode_errors_total{camera="yard"} 1)");
  says(R"(camherd_decode_cpu_seconds_total{camera="yard"} 0.004)");
  says(R"(camherd_sessions_total{camera="yard"} 1)");
  says(R"(camherd_restarts_total{camera="yard",cause="stall"} 2)");
  says(R"(camherd_restarts_total{camera="yard",cause="authentication"} 0)");
  says(R"(camherd_camera_state{camera="yard",state="streaming"} 1)");
  says(R"(camherd_camera_state{camera="yard",state="stopped"} 0)");
  says(R"(camherd_camera_responsive{camera="yard"} 0)");
  says(R"(camherd_frames_per_second{camera="yard",stage="received"} 25)");
  says(R"(camherd_frames_per_second{camera="yard",stage="decoded"} 12.5)");
  says(R"(camherd_frames_per_second{camera="yard",stage="published"} 5)");
  says(R"(camherd_receive_to_decoded_seconds_sum{camera="yard"} 0.004)");
  says(R"(camherd_receive_to_published_seconds_bucket{camera="yard",le="0.005"} 1)");
  says(R"(camherd_age_at_release_seconds_bucket{camera="yard",le="0.1"} 0)");
  says(R"(camherd_age_at_release_seconds_bucket{camera="yard",le="0.15"} 1)");
  says(R"(camherd_received_bytes_total{camera="yard"} 5000)");
  says(R"(camherd_rtp_packets_received_total{camera="yard"} 10)");
  says(R"(camherd_rtp_packets_lost_total{camera="yard"} 2)");
  says(R"(camherd_rtp_packets_reordered_total{camera="yard"} 3)");
  says(R"(camherd_rtp_packets_duplicate_total{camera="yard"} 4)");
  says(R"(camherd_rtp_packets_late_total{camera="yard"} 1)");
  says(R"(camherd_rtp_jitter_seconds{camera="yard"} 0.0025)");
  says(R"(camherd_mailbox_depth{camera="yard"} 6)");
  says(R"(camherd_slots{camera="yard"} 9)");
  says(R"(camherd_slots_in_use{camera="yard"} 7)");
  says(R"(camherd_consumers{camera="yard"} 2)");
  says(R"(camherd_leases{camera="yard"} 1)");
  says(R"(camherd_keyframe_age_seconds{camera="yard"} 3)");
  says(R"(camherd_picture_age_seconds{camera="yard"} 0.2)");
  says("camherd_config_last_reload_successful 0");
  says("camherd_config_last_reload_success_timestamp_seconds 1700000001");
  says("camherd_events_without_memory_total 9");
  says("process_cpu_seconds_total 1.5");
  says("process_resident_memory_bytes 8192");
  says("process_open_fds 70");
  says("process_max_fds 1024");
  says("process_threads 6");
  says("process_start_time_seconds 1700000000");
}

TEST_CASE("ages are missing before there is anything to be old", "[apps][metrics]") {
  camera_status camera;
  camera.health.name = "yard";
  const auto page = page_of({camera});
  CHECK(page.find("camherd_keyframe_age_seconds{") == std::string::npos);
  CHECK(page.find("camherd_picture_age_seconds{") == std::string::npos);
  CHECK(page.find("camherd_rtp_jitter_seconds{") != std::string::npos);
}

TEST_CASE("the reference names every metric, and none that is not", "[apps][metrics]") {
  const auto page = metrics_of(page_of({busy_camera("yard"), busy_camera("door")}));
  const auto documented = documented_metrics();
  REQUIRE(documented.size() > 40);
  for (const auto& [name, entry] : page) {
    INFO(name);
    REQUIRE(documented.contains(name));
    CHECK(documented.at(name).type == entry.type);
    CHECK(documented.at(name).labels == entry.labels);
  }
  for (const auto& [name, entry] : documented) {
    INFO(name);
    CHECK(page.contains(name));
  }
}

TEST_CASE("a camera has as many series as the reference says", "[apps][metrics]") {
  const auto page = page_of({busy_camera("yard")});
  std::istringstream lines{page};
  int series = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.find("camera=\"yard\"") != std::string::npos) ++series;
  }
  INFO(series);
  CHECK(project_file("docs/ref/metrics.md")
            .find("There are " + std::to_string(series) + " series a camera") !=
        std::string::npos);
}

TEST_CASE("promtool finds nothing to say against the page", "[apps][metrics]") {
  CHECK(objections_of_promtool("check metrics < $FILE",
                               page_of({busy_camera("yard"), busy_camera("door")}))
            .empty());
}

TEST_CASE("the process knows itself", "[apps][metrics]") {
  const auto before = std::chrono::system_clock::now();
  const auto usage = read_process_usage();
  CHECK(usage.threads >= 1);
  const auto open = count_open_files();
  CHECK(open >= 3);
  CHECK(usage.max_files >= open);
  CHECK(usage.resident_bytes > 1'000'000);
  CHECK(usage.resident_bytes <= usage.peak_rss_bytes * 2);
  CHECK(usage.started_at <= before);
  CHECK(usage.started_at > before - 24h * 365);
  CHECK(read_process_usage().started_at == usage.started_at);
  const std::ifstream another{"/proc/self/stat"};
  CHECK(count_open_files() == open + 1);
}
