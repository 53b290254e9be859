#include "apps/camherd/report.hpp"

#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace camherd;
using namespace std::chrono_literals;

namespace {

constexpr mono_time start{1h};

herd_status one_camera() {
  camera_metrics metrics;
  for (int i = 0; i < 61; ++i) {
    metrics.decoded(start + i * 100ms, start + i * 100ms + 4ms);
    metrics.published(start + i * 100ms, start + i * 100ms + 4ms);
  }
  metrics.restarted(restart_cause::stall);
  metrics.session_statistics({.bytes = 5000, .packets = 10, .packets_lost = 2});
  flow_ledger flow;
  for (int i = 0; i < 64; ++i) flow.received();
  for (int i = 0; i < 61; ++i) flow.decoded();
  flow.dropped(drop_reason::awaiting_keyframe, 3);
  herd_status status;
  camera_counters counters;
  counters.name = "yard";
  counters.flow = flow.counts();
  counters.counts = metrics.counts();
  counters.delivery = {.consumers = 2,
                       .leases = 1,
                       .delivered = 100,
                       .dropped_by = {},
                       .converted = 50,
                       .converted_bytes = 4096};
  counters.delivery.dropped_by[static_cast<std::size_t>(drop_reason::consumer_busy)] = 7;
  camera_health health;
  health.name = "yard";
  status.cameras.push_back({health, counters});
  return status;
}

}  // namespace

TEST_CASE("a report has every reason and cause, and adds up", "[apps][report]") {
  const auto report = make_report(
      one_camera(), {.cpu_seconds = 1.5, .peak_rss_bytes = 1024, .threads = 6}, start + 6004ms);
  const auto& yard = report["cameras"]["yard"];
  CHECK(yard["received"] == 64);
  CHECK(yard["decoded"] == 61);
  CHECK(yard["dropped"].size() == drop_reason_count);
  CHECK(yard["dropped"]["awaiting_keyframe"] == 3);
  CHECK(yard["restarts"].size() == restart_cause_count);
  CHECK(yard["restarts"]["stall"] == 1);
  CHECK(yard["fps"].get<double>() == Approx(10.0));
  CHECK(yard["latency_ms"]["p50"].get<double>() == Approx(4.0).epsilon(0.04));
  CHECK(yard["latency_ms"]["max"].get<double>() == Approx(4.0));
  CHECK(yard["bytes"] == 5000);
  CHECK(yard["packets_lost"] == 2);
  const auto& delivery = yard["delivery"];
  CHECK(delivery["consumers"] == 2);
  CHECK(delivery["leases"] == 1);
  CHECK(delivery["delivered"] == 100);
  CHECK(delivery["dropped"].size() == drop_reason_count);
  CHECK(delivery["dropped"]["consumer_busy"] == 7);
  CHECK(delivery["converted"] == 50);
  CHECK(delivery["converted_bytes"] == 4096);
  CHECK(report["process"]["cpu_seconds"] == 1.5);
  CHECK(report["process"]["peak_rss_bytes"] == 1024);
  CHECK(report["process"]["threads"] == 6);
}

TEST_CASE("the rate falls with the time a camera was away, and not with the shutdown",
          "[apps][report]") {
  const auto fps_at = [](mono_time end) {
    return make_report(one_camera(), {}, end)["cameras"]["yard"]["fps"].get<double>();
  };
  CHECK(fps_at(start + 12004ms) == Approx(5.0));
  CHECK(fps_at(start + 1s) == Approx(10.0));
}

TEST_CASE("a report is written whole or not at all", "[apps][report]") {
  const auto report = make_report(one_camera(), {}, start + 6s);
  const auto path = std::filesystem::temp_directory_path() /
                    ("camherd-report-" + std::to_string(::getpid()) + ".json");
  REQUIRE(write_report(report, path));
  std::ifstream in{path};
  CHECK(nlohmann::ordered_json::parse(in) == report);
  std::filesystem::remove(path);
  const auto failed = write_report(report, "/nonexistent/report.json");
  REQUIRE_FALSE(failed);
  CHECK(failed.error().message().find("/nonexistent/report.json") != std::string::npos);
}
