#include "apps/camherd/report.hpp"

#include "apps/camherd/whole_file.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <iostream>
#include <span>

namespace camherd {
namespace {

using json = nlohmann::ordered_json;

double in_milliseconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

// Frames that came out while the run was ending lengthen it as well.
double fps_until(mono_time end, const camera_counts& counts) {
  if (counts.published < 2 || !counts.first_frame || !counts.last_frame) return 0;
  const auto span = std::max(end, *counts.last_frame) - *counts.first_frame;
  return static_cast<double>(counts.published - 1) /
         std::chrono::duration<double>(span).count();
}

json by_reason(const std::array<std::uint64_t, drop_reason_count>& counts) {
  json dropped = json::object();
  for (const auto reason : drop_reasons) {
    dropped[std::string{to_string(reason)}] = counts[static_cast<std::size_t>(reason)];
  }
  return dropped;
}

json of_delivery(const delivery_counts& delivery) {
  return {{"consumers", delivery.consumers}, {"leases", delivery.leases},
          {"delivered", delivery.delivered}, {"dropped", by_reason(delivery.dropped_by)},
          {"converted", delivery.converted}, {"converted_bytes", delivery.converted_bytes}};
}

json of_camera(const camera_counters& camera, mono_time ended_at) {
  json restarts = json::object();
  for (const auto cause : restart_causes) {
    restarts[std::string{to_string(cause)}] =
        camera.counts.restarts[static_cast<std::size_t>(cause)];
  }
  const auto& latency = camera.counts.receive_to_decoded;
  return {{"received", camera.flow.received},
          {"decoded", camera.flow.decoded},
          {"dropped", by_reason(camera.flow.dropped_by)},
          {"restarts", std::move(restarts)},
          {"fps", fps_until(ended_at, camera.counts)},
          {"latency_ms",
           {{"p50", in_milliseconds(latency.quantile(0.5))},
            {"p99", in_milliseconds(latency.quantile(0.99))},
            {"max", in_milliseconds(latency.max())}}},
          {"bytes", camera.counts.transport.bytes},
          {"packets_lost", camera.counts.transport.packets_lost},
          {"delivery", of_delivery(camera.delivery)}};
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
