#include "apps/camherd/status_table.hpp"

#include <algorithm>
#include <utility>

namespace camherd {
namespace {

constexpr std::size_t name_width = 16;
constexpr std::size_t drops_width = 26;

std::string drops(const flow_counts& flow) {
  std::string text;
  for (const auto reason : drop_reasons) {
    if (const auto count = flow.dropped(reason); count > 0) {
      if (!text.empty()) text += ' ';
      text += std::string{to_string(reason)} + ' ' + std::to_string(count);
    }
  }
  return text.empty() ? "0" : text;
}

bool is_well(const camera_status& camera) {
  return camera.health.responsive && camera.health.state == camera_state::streaming;
}

const char* colour_of(const camera_status& camera) {
  using enum camera_state;
  if (!camera.health.responsive) return "\x1b[31m";
  switch (camera.health.state) {
    case streaming:
      return "\x1b[32m";
    case stopped:
      return "\x1b[2m";
    case connecting:
    case waiting_keyframe:
      return "\x1b[36m";
    case stalled:
    case failed:
    case backoff:
      return "\x1b[33m";
    case quarantined:
      return "\x1b[31m";
  }
  return "";
}

std::string line_of(const camera_status& camera, std::size_t columns, colour colours) {
  const auto& [name, flow, counts, rates, delivery] = camera.counters;
  const auto state = fit(
      camera.health.responsive ? std::string{to_string(camera.health.state)} : "unresponsive",
      17);
  std::string line = fit(name, name_width) + ' ';
  const auto state_at = line.size();
  line += state;
  line += right(decimal(rates.received, 1), 6) + right(decimal(rates.decoded, 1), 8);
  line += right(short_milliseconds(counts.receive_to_decoded.quantile(0.5)), 7);
  line += right(short_milliseconds(counts.receive_to_decoded.quantile(0.99)), 7);
  line += right(std::to_string(counts.restarts_total()), 5);
  line += right(std::to_string(delivery.consumers), 5) + "  ";
  line += camera.health.detail.empty()
              ? fit(drops(flow), drops_width)
              : fit(drops(flow), drops_width) + "  " + camera.health.detail;
  line = fit(std::move(line), columns);
  while (!line.empty() && line.back() == ' ') line.pop_back();
  if (colours == colour::off || line.size() < state_at + state.size()) return line;
  line.insert(state_at + state.size(), "\x1b[0m");
  line.insert(state_at, colour_of(camera));
  return line;
}

}  // namespace

std::vector<std::string> render_status(const herd_status& status, table_size size,
                                       colour colours) {
  std::vector<const camera_status*> shown;
  shown.reserve(status.cameras.size());
  double received = 0;
  double decoded = 0;
  double bits = 0;
  for (const auto& camera : status.cameras) {
    shown.push_back(&camera);
    received += camera.counters.rates.received;
    decoded += camera.counters.rates.decoded;
    bits += camera.counters.rates.bits;
  }
  const auto well = static_cast<std::size_t>(
      std::count_if(shown.begin(), shown.end(), [](const auto* c) { return is_well(*c); }));

  std::vector<std::string> lines;
  lines.push_back(fit(std::to_string(well) + " of " + std::to_string(shown.size()) +
                          " cameras streaming, " + decimal(received, 0) + " fps in, " +
                          decimal(decoded, 0) + " decoded, " + decimal(bits / 1e6, 1) + " Mb/s",
                      size.columns));
  lines.push_back(
      fit("CAMERA           STATE            FPS IN DECODED P50 ms P99 ms  RST CONS  DROPS",
          size.columns));
  const auto room = size.rows > lines.size() ? size.rows - lines.size() : 0;
  std::size_t left_out = 0;
  if (shown.size() > room) {
    std::stable_partition(shown.begin(), shown.end(),
                          [](const auto* c) { return !is_well(*c); });
    const auto kept = room > 0 ? room - 1 : 0;
    left_out = shown.size() - kept;
    shown.resize(kept);
  }
  for (const auto* camera : shown) lines.push_back(line_of(*camera, size.columns, colours));
  if (left_out > 0) lines.push_back("and " + std::to_string(left_out) + " more");
  if (lines.size() > size.rows) lines.resize(size.rows);
  return lines;
}

}  // namespace camherd
