#include "apps/camherd/report.hpp"

#include "apps/camherd/count_json.hpp"
#include "apps/camherd/whole_file.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <span>

namespace camherd {
namespace {

using json = nlohmann::ordered_json;

// Frames that came out while the run was ending lengthen it as well.
double fps_until(mono_time end, const camera_counts& counts) {
  if (counts.published < 2 || !counts.first_frame || !counts.last_frame) return 0;
  const auto span = std::max(end, *counts.last_frame) - *counts.first_frame;
  return static_cast<double>(counts.published - 1) /
         std::chrono::duration<double>(span).count();
}

json of_camera(const camera_counters& camera, mono_time ended_at) {
  return {{"received", camera.flow.received},
          {"decoded", camera.flow.decoded},
          {"dropped", by_reason(camera.flow.dropped_by)},
          {"restarts", by_cause(camera.counts.restarts)},
          {"fps", fps_until(ended_at, camera.counts)},
          {"latency_ms", latency_json(camera.counts.receive_to_decoded)},
          {"bytes", camera.counts.transport.bytes},
          {"packets_lost", camera.counts.transport.packets_lost},
          {"delivery", delivery_json(camera.delivery)}};
}

}  // namespace

json make_report(const herd_status& status, const process_usage& usage, mono_time ended_at) {
  json cameras = json::object();
  for (const auto& camera : status.cameras) {
    cameras[camera.health.name] = of_camera(camera.counters, ended_at);
  }
  return {{"cameras", std::move(cameras)},
          {"process",
           {{"cpu_seconds", usage.cpu_seconds},
            {"peak_rss_bytes", usage.peak_rss_bytes},
            {"threads", usage.threads}}}};
}

result<void> write_report(const json& report, const std::string& path) {
  const auto text = report.dump(2) + '\n';
  if (path == "-") {
    std::cout << text << std::flush;
    return {};
  }
  return write_whole_file(path, std::as_bytes(std::span{text}));
}

}  // namespace camherd
