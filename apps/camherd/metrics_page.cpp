#include "apps/camherd/metrics_page.hpp"

#include "apps/camherd/exposition.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <vector>

namespace camherd {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t bytes_a_camera = 9'500;

template <class Duration>
double in_seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

std::string label(std::string_view name, std::string_view value) {
  return std::string{name} + "=\"" + std::string{value} + '"';
}

/// A camera with what is the same in all of its lines.
struct shown_camera {
  const camera_status& status;
  std::string label;
};
using shown_cameras = std::vector<shown_camera>;

struct family {
  std::string_view name;
  std::string_view type;
  std::string_view help;
};

/// One count for each camera.
struct count_family : family {
  std::uint64_t (*value)(const camera_counters&);
};

constexpr std::array counts{
    count_family{{"camherd_access_units_received_total", "counter",
                  "Encoded pictures that came from the camera."},
                 [](const camera_counters& c) { return c.flow.received; }},
    count_family{{"camherd_access_units_decoded_total", "counter",
                  "Encoded pictures that were decoded."},
                 [](const camera_counters& c) { return c.flow.decoded; }},
    count_family{{"camherd_access_units_in_flight", "gauge",
                  "Encoded pictures that are queued, kept for later or in the decoder."},
                 [](const camera_counters& c) { return c.flow.in_flight; }},
    count_family{
        {"camherd_frames_published_total", "counter", "Frames that were offered to consumers."},
        [](const camera_counters& c) { return c.counts.published; }},
    count_family{{"camherd_frames_delivered_total", "counter",
                  "Frames that were sent, once for each consumer."},
                 [](const camera_counters& c) { return c.delivery.delivered; }},
    count_family{{"camherd_conversions_total", "counter",
                  "Pictures that were made in another format or size."},
                 [](const camera_counters& c) { return c.delivery.converted; }},
    count_family{{"camherd_converted_bytes_total", "counter",
                  "Bytes that were written for conversions."},
                 [](const camera_counters& c) { return c.delivery.converted_bytes; }},
    count_family{{"camherd_decode_errors_total", "counter",
                  "Encoded pictures that were damaged or refused by the decoder."},
                 [](const camera_counters& c) { return c.counts.decode_errors; }},
    count_family{
        {"camherd_sessions_total", "counter", "Sessions that were opened with success."},
        [](const camera_counters& c) { return c.counts.sessions; }},
    count_family{{"camherd_received_bytes_total", "counter",
                  "Media bytes received, packet headers included."},
                 [](const camera_counters& c) { return c.counts.transport.bytes; }},
    count_family{{"camherd_rtp_packets_received_total", "counter", "RTP packets received."},
                 [](const camera_counters& c) { return c.counts.transport.packets; }},
    count_family{{"camherd_rtp_packets_lost_total", "counter",
                  "RTP packets that did not come in time to be used."},
                 [](const camera_counters& c) { return c.counts.transport.packets_lost; }},
    count_family{{"camherd_rtp_packets_reordered_total", "counter",
                  "RTP packets that came late but in time to be used."},
                 [](const camera_counters& c) { return c.counts.transport.packets_reordered; }},
    count_family{
        {"camherd_rtp_packets_duplicate_total", "counter", "RTP packets that came twice."},
        [](const camera_counters& c) { return c.counts.transport.packets_duplicate; }},
    count_family{{"camherd_rtp_packets_late_total", "counter",
                  "RTP packets that came too late to be used; counted as lost as well."},
                 [](const camera_counters& c) { return c.counts.transport.packets_late; }},
    count_family{
        {"camherd_mailbox_depth", "gauge",
         "Encoded pictures that wait for the decoder, looked at once a second."},
        [](const camera_counters& c) { return std::uint64_t{c.counts.load.queued_units}; }},
    count_family{{"camherd_slots", "gauge", "Slots for decoded pictures."},
                 [](const camera_counters& c) { return std::uint64_t{c.counts.load.slots}; }},
    count_family{
        {"camherd_slots_in_use", "gauge", "Slots that the decoder or a consumer holds."},
        [](const camera_counters& c) { return std::uint64_t{c.counts.load.slots_in_use}; }},
    count_family{{"camherd_consumers", "gauge", "Consumers that are connected."},
                 [](const camera_counters& c) { return std::uint64_t{c.delivery.consumers}; }},
    count_family{{"camherd_leases", "gauge", "Frames that consumers hold."},
                 [](const camera_counters& c) { return std::uint64_t{c.delivery.leases}; }},
};

void add_counts(exposition& page, const shown_cameras& cameras) {
  for (const auto& f : counts) {
    page.family(f.name, f.type, f.help);
    for (const auto& camera : cameras)
      page.sample(camera.label, f.value(camera.status.counters));
  }
}

/// A duration in seconds for each camera where it is known.
struct duration_family : family {
  std::optional<std::chrono::nanoseconds> (*value)(const camera_counts&, mono_time now);
};

std::optional<std::chrono::nanoseconds> since(const std::optional<mono_time>& then,
                                              mono_time now) {
  if (!then) return std::nullopt;
  return std::max(now - *then, mono_time::duration::zero());
}

constexpr std::array durations{
    duration_family{
        {"camherd_decode_cpu_seconds_total", "counter", "Processor time spent in the decoder."},
        [](const camera_counts& c, mono_time) { return std::optional{c.decode_cpu}; }},
    duration_family{
        {"camherd_rtp_jitter_seconds", "gauge",
         "Interarrival jitter of RTP packets (RFC 3550 section 6.4.1)."},
        [](const camera_counts& c, mono_time) { return std::optional{c.transport.jitter}; }},
    duration_family{
        {"camherd_keyframe_age_seconds", "gauge",
         "Time since a keyframe was received. Missing before the first."},
        [](const camera_counts& c, mono_time now) { return since(c.last_keyframe, now); }},
    duration_family{
        {"camherd_picture_age_seconds", "gauge",
         "Age of the newest published frame. Missing before the first."},
        [](const camera_counts& c, mono_time now) { return since(c.last_picture, now); }},
};

void add_durations(exposition& page, const shown_cameras& cameras, mono_time now) {
  for (const auto& f : durations) {
    page.family(f.name, f.type, f.help);
    for (const auto& camera : cameras) {
      if (const auto value = f.value(camera.status.counters.counts, now))
        page.sample(camera.label, in_seconds(*value));
    }
  }
}

/// A sample for each of `values`, which are the names of a label's values, of each camera.
template <class Enum, std::size_t N, class Value>
void add_by_label(exposition& page, const shown_cameras& cameras, const family& f,
                  std::string_view name, const std::array<Enum, N>& values, Value value) {
  std::array<std::string, N> labels;
  for (std::size_t i = 0; i < N; ++i) labels[i] = "," + label(name, to_string(values[i]));
  page.family(f.name, f.type, f.help);
  for (const auto& camera : cameras) {
    for (std::size_t i = 0; i < N; ++i)
      page.sample(camera.label + labels[i], value(camera.status, values[i]));
  }
}

constexpr std::array states{camera_state::stopped,          camera_state::connecting,
                            camera_state::waiting_keyframe, camera_state::streaming,
                            camera_state::stalled,          camera_state::failed,
                            camera_state::backoff,          camera_state::quarantined};
static_assert(states.size() == camera_state_count);

enum class stage : unsigned char { received, decoded, published };

std::string_view to_string(stage s) {
  static constexpr std::array names{"received"sv, "decoded"sv, "published"sv};
  return names.at(static_cast<std::size_t>(s));
}

double rate_of(const flow_rates& rates, stage s) {
  switch (s) {
    case stage::received:
      return rates.received;
    case stage::decoded:
      return rates.decoded;
    case stage::published:
      return rates.published;
  }
  return 0;
}

void add_labelled(exposition& page, const shown_cameras& cameras) {
  add_by_label(page, cameras,
               {"camherd_access_units_dropped_total", "counter",
                "Encoded pictures that were not decoded, by reason."},
               "reason", drop_reasons, [](const camera_status& c, drop_reason reason) {
                 return c.counters.flow.dropped(reason);
               });
  add_by_label(page, cameras,
               {"camherd_frames_undelivered_total", "counter",
                "Frames that a consumer did not get, once for each consumer, by reason."},
               "reason", drop_reasons, [](const camera_status& c, drop_reason reason) {
                 return c.counters.delivery.dropped_by[static_cast<std::size_t>(reason)];
               });
  add_by_label(
      page, cameras,
      {"camherd_restarts_total", "counter", "Sessions that were started again, by cause."},
      "cause", restart_causes, [](const camera_status& c, restart_cause cause) {
        return c.counters.counts.restarts[static_cast<std::size_t>(cause)];
      });
  add_by_label(page, cameras,
               {"camherd_camera_state", "gauge", "1 for the state that the camera is in."},
               "state", states, [](const camera_status& c, camera_state state) {
                 return c.health.state == state ? 1U : 0U;
               });
  add_by_label(page, cameras,
               {"camherd_frames_per_second", "gauge",
                "Pictures a second over the last ten seconds, by stage."},
               "stage", std::array{stage::received, stage::decoded, stage::published},
               [](const camera_status& c, stage s) { return rate_of(c.counters.rates, s); });
  page.family("camherd_camera_responsive", "gauge",
              "0 for a camera that is stuck in a library call.");
  for (const auto& camera : cameras)
    page.sample(camera.label, camera.status.health.responsive ? 1U : 0U);
}

void add_histograms(exposition& page, const shown_cameras& cameras) {
  page.family("camherd_receive_to_decoded_seconds", "histogram",
              "From the last packet of a picture to its being decoded.");
  for (const auto& camera : cameras)
    page.histogram(camera.label, camera.status.counters.counts.receive_to_decoded);
  page.family("camherd_receive_to_published_seconds", "histogram",
              "From the last packet of a picture to its being offered to consumers.");
  for (const auto& camera : cameras)
    page.histogram(camera.label, camera.status.counters.counts.receive_to_published);
  page.family("camherd_age_at_release_seconds", "histogram",
              "From the last packet of a picture to a consumer giving it back.");
  for (const auto& camera : cameras)
    page.histogram(camera.label, camera.status.counters.delivery.age_at_release);
}

void add_node(exposition& page, const process_usage& usage, const reload_outcome& reload) {
  page.family("camherd_build_info", "gauge", "1, with the version of camherd.");
  page.sample(label("version", CAMHERD_VERSION), 1U);
  page.family("camherd_config_last_reload_successful", "gauge",
              "0 if the configuration had problems when it was last read.");
  page.sample("", reload.successful ? 1U : 0U);
  page.family("camherd_config_last_reload_success_timestamp_seconds", "gauge",
              "When the running configuration was loaded.");
  page.sample("", in_seconds(reload.loaded_at.time_since_epoch()));
  page.family("camherd_events_without_memory_total", "counter",
              "Events that were missed because there was no memory for them.");
  page.sample("", usage.events_without_memory);
  page.family("process_cpu_seconds_total", "counter", "User and system time.");
  page.sample("", usage.cpu_seconds);
  page.family("process_resident_memory_bytes", "gauge",
              "Resident memory, pages of shared slots included.");
  page.sample("", usage.resident_bytes);
  page.family("process_open_fds", "gauge", "Open file descriptors.");
  page.sample("", usage.open_files);
  page.family("process_max_fds", "gauge", "The limit of open file descriptors.");
  page.sample("", usage.max_files);
  page.family("process_threads", "gauge", "Threads.");
  page.sample("", usage.threads);
  page.family("process_start_time_seconds", "gauge", "When the process was started.");
  page.sample("", in_seconds(usage.started_at.time_since_epoch()));
}

}  // namespace

std::string render_metrics(const herd_status& status, const process_usage& usage,
                           const reload_outcome& reload) {
  shown_cameras cameras;
  cameras.reserve(status.cameras.size());
  for (const auto& camera : status.cameras)
    cameras.push_back({camera, label("camera", camera.health.name)});
  exposition page{cameras.size() * bytes_a_camera};
  add_node(page, usage, reload);
  add_counts(page, cameras);
  add_labelled(page, cameras);
  add_durations(page, cameras, status.at);
  add_histograms(page, cameras);
  return page.take();
}

}  // namespace camherd
