// How late is a decoded frame after the camera sent it? Runs a camherd node in this process and
// reads from the pixels of each frame which picture it is; camherd-sim's sent log tells when
// that picture was sent.

#include "apps/camherd/node.hpp"
#include "apps/camherd/process_usage.hpp"
#include "apps/camherd/signals.hpp"
#include "apps/camherd/status_board.hpp"
#include "config/load.hpp"
#include "config/values.hpp"
#include "core/base/block_code.hpp"
#include "core/base/latency_histogram.hpp"
#include "core/base/sent_log.hpp"
#include "core/base/text.hpp"
#include "core/frame/frame_sink.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <poll.h>
#include <string>
#include <string_view>

namespace {

using namespace camherd;
using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::steady_clock;
using json = nlohmann::ordered_json;

struct settings {
  std::string config_file;
  std::string log_file;
  std::string duration = "30s";
  unsigned distinct = 1;
  bool as_json = false;
};

/// What was measured of one camera, or of all together.
struct measurement {
  std::uint64_t frames = 0;
  std::uint64_t unreadable = 0;   // no block code in the picture
  std::uint64_t wrong_scene = 0;  // another camera's picture
  std::uint64_t unsent = 0;       // a picture that the sent log does not have
  latency_histogram sent_to_decoded;
  latency_histogram received_to_decoded;
  latency_histogram reading_code;  // what the measuring itself costs

  void merge(const measurement& other) {
    frames += other.frames;
    unreadable += other.unreadable;
    wrong_scene += other.wrong_scene;
    unsent += other.unsent;
    sent_to_decoded.merge(other.sent_to_decoded);
    received_to_decoded.merge(other.received_to_decoded);
    reading_code.merge(other.reading_code);
  }
};

struct measured_camera {
  std::uint32_t number = 0;  // in the sent log
  measurement found;
};

using herd_measurement = std::map<std::string, measured_camera, std::less<>>;

/// Measures each frame of one camera as it is published.
class frame_meter final : public frame_outlet {
 public:
  frame_meter(const sent_log_reader& log, unsigned distinct, measured_camera& camera)
      : log_{log}, distinct_{distinct}, camera_{camera} {}

  void publish(const frame& f) override {
    const auto now = steady_clock::now();
    auto& [number, found] = camera_;
    ++found.frames;
    found.received_to_decoded.record(f.metadata.decoded_at - f.metadata.received_at);
    const auto code = read_code(f);
    found.reading_code.record(steady_clock::now() - now);
    if (!code) {
      ++found.unreadable;
    } else if (code->scene != number % distinct_) {
      ++found.wrong_scene;
    } else if (const auto sent = log_.sent_at(number, code->index); !sent || *sent > now) {
      ++found.unsent;
    } else {
      found.sent_to_decoded.record(now - *sent);
    }
  }

  void forget_newest() override {}
  void state_changed(camera_state, std::string_view) override {}
  void close(std::string_view) override {}
  [[nodiscard]] delivery_counts counts() const override { return {}; }

 private:
  static std::optional<block_code> read_code(const frame& f) {
    const std::size_t stride = f.planes[0].stride;
    const std::size_t size = f.height > 0 ? stride * (f.height - 1) + f.width : 0;
    return read_block_code({{f.pixels(0), size}, stride, f.width, f.height});
  }

  const sent_log_reader& log_;
  const unsigned distinct_;
  measured_camera& camera_;
};

/// The map itself never changes, and no camera publishes twice at once, so there is nothing to
/// lock.
class herd_meter final : public frame_sink {
 public:
  herd_meter(const sent_log_reader& log, unsigned distinct, herd_measurement& cameras)
      : log_{log}, distinct_{distinct}, cameras_{cameras} {}

  std::shared_ptr<frame_outlet> open(const std::string& camera, std::size_t,
                                     demand_listener) override {
    return std::make_shared<frame_meter>(log_, distinct_, cameras_.at(camera));
  }

 private:
  const sent_log_reader& log_;
  const unsigned distinct_;
  herd_measurement& cameras_;
};

/// The N of a camera named camN.
std::optional<std::uint32_t> number_of(std::string_view name) {
  constexpr std::string_view prefix = "cam";
  if (!name.starts_with(prefix)) return std::nullopt;
  return leading_number<std::uint32_t>(name.substr(prefix.size()));
}

std::shared_ptr<const config> load(const std::string& file) {
  auto outcome = load_config(file, process_environment());
  if (!outcome) {
    std::cerr << outcome.error().message() << '\n';
    return nullptr;
  }
  for (const auto& problem : outcome->problems) std::cerr << to_string(file, problem) << '\n';
  if (!outcome->problems.empty()) return nullptr;
  return std::make_shared<const config>(std::move(outcome->value));
}

/// Runs a node that wants every frame, for `duration` or until a signal. Returns its last
/// status.
std::shared_ptr<const herd_status> run_node(const std::shared_ptr<const config>& wanted,
                                            const std::shared_ptr<frame_sink>& meter,
                                            milliseconds duration) {
  signal_queue signals{SIGINT, SIGTERM};
  const auto board = std::make_shared<status_board>();
  node running{wanted->node,
               {.observer = board, .log = make_event_log(wanted->node), .frames = meter}};
  running.serve({.level = decode_level::everything});
  running.apply(wanted);
  const auto ends_at = steady_clock::now() + duration;
  bool halting = false;
  std::shared_ptr<const herd_status> latest;
  for (;;) {
    const auto left =
        std::max(0ms, std::chrono::ceil<milliseconds>(ends_at - steady_clock::now()));
    pollfd both[] = {{signals.fd(), POLLIN, 0}, {board->fd(), POLLIN, 0}};
    ::poll(both, 2, halting ? -1 : static_cast<int>(left.count()));
    if (!halting && (signals.take() || steady_clock::now() >= ends_at)) {
      halting = true;
      running.halt();
    }
    auto news = board->take();
    if (news.status) latest = std::move(news.status);
    if (news.stopped) return latest;
  }
}

double in_ms(nanoseconds duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

json to_json(const latency_histogram& latency) {
  return {{"p50", in_ms(latency.quantile(0.5))},
          {"p90", in_ms(latency.quantile(0.9))},
          {"p99", in_ms(latency.quantile(0.99))},
          {"max", in_ms(latency.max())}};
}

json to_json(const measurement& m) {
  return {{"frames", m.frames},
          {"unreadable", m.unreadable},
          {"wrong_scene", m.wrong_scene},
          {"unsent", m.unsent},
          {"sent_to_decoded_ms", to_json(m.sent_to_decoded)},
          {"received_to_decoded_ms", to_json(m.received_to_decoded)},
          {"reading_code_ms", to_json(m.reading_code)}};
}

struct mishaps {
  std::map<std::string, std::uint64_t> dropped;  // by reason, without those that are 0
  std::uint64_t restarts = 0;
};

mishaps mishaps_of(const herd_status& status) {
  mishaps sum;
  for (const auto& camera : status.cameras) {
    for (const auto reason : drop_reasons) {
      const auto count = camera.counters.flow.dropped(reason);
      if (count > 0) sum.dropped[std::string{to_string(reason)}] += count;
    }
    sum.restarts += camera.counters.counts.restarts_total();
  }
  return sum;
}

void print_row(const std::string& name, const measurement& m) {
  const auto& sent = m.sent_to_decoded;
  const auto& received = m.received_to_decoded;
  std::printf("%-10s %7llu %9.2f %9.2f %9.2f %9.2f %9.2f %9.2f %10llu %8llu %8llu\n",
              name.c_str(), static_cast<unsigned long long>(m.frames),
              in_ms(sent.quantile(0.5)), in_ms(sent.quantile(0.9)), in_ms(sent.quantile(0.99)),
              in_ms(sent.max()), in_ms(received.quantile(0.5)), in_ms(received.quantile(0.99)),
              static_cast<unsigned long long>(m.unreadable),
              static_cast<unsigned long long>(m.wrong_scene),
              static_cast<unsigned long long>(m.unsent));
}

void print_table(const herd_measurement& cameras, const measurement& overall,
                 const mishaps& went_wrong) {
  std::printf("%-10s %7s %39s %19s %10s %8s %8s\n", "", "", "sent to decoded, ms",
              "received to dec.", "", "wrong", "");
  std::printf("%-10s %7s %9s %9s %9s %9s %9s %9s %10s %8s %8s\n", "camera", "frames", "p50",
              "p90", "p99", "max", "p50", "p99", "unreadable", "scene", "unsent");
  for (const auto& [name, camera] : cameras) print_row(name, camera.found);
  print_row("all", overall);
  std::printf("reading a code: p50 %.3f ms, p99 %.3f ms; dropped",
              in_ms(overall.reading_code.quantile(0.5)),
              in_ms(overall.reading_code.quantile(0.99)));
  for (const auto& [reason, count] : went_wrong.dropped) {
    std::printf(" %s %llu,", reason.c_str(), static_cast<unsigned long long>(count));
  }
  std::printf("%s restarts %llu\n", went_wrong.dropped.empty() ? " 0," : "",
              static_cast<unsigned long long>(went_wrong.restarts));
}

void print(const settings& wanted, const herd_measurement& cameras, const mishaps& went_wrong) {
  measurement overall;
  for (const auto& [name, camera] : cameras) overall.merge(camera.found);
  if (!wanted.as_json) return print_table(cameras, overall, went_wrong);
  json each = json::object();
  for (const auto& [name, camera] : cameras) each[name] = to_json(camera.found);
  const json all = {{"cameras", std::move(each)},
                    {"overall", to_json(overall)},
                    {"dropped", went_wrong.dropped},
                    {"restarts", went_wrong.restarts}};
  std::cout << all.dump(2) << '\n';
}

/// Returns the exit status.
int measure(const settings& wanted) {
  milliseconds duration{};
  if (const auto problem = read_duration(wanted.duration, {1ms, 24h}, duration)) {
    std::cerr << "--for: " << problem->what << '\n';
    return 2;
  }
  const auto cameras_wanted = load(wanted.config_file);
  if (!cameras_wanted) return 2;
  const auto log = sent_log_reader::open(wanted.log_file);
  if (!log) {
    std::cerr << log.error().message() << '\n';
    return 2;
  }
  herd_measurement cameras;
  for (const auto& camera : cameras_wanted->cameras) {
    const auto number = number_of(camera.name);
    if (!number || *number >= log->shape().cameras) {
      std::cerr << camera.name << ": the sent log has no such camera\n";
      return 2;
    }
    cameras[camera.name].number = *number;
  }
  // Enough for the sockets, the segments and the rest of any number of cameras a file may have.
  if (const auto raised = raise_open_files_limit(128 + 8 * cameras.size()); !raised) {
    std::cerr << raised.error().message() << '\n';
  }
  const auto status = run_node(
      cameras_wanted, std::make_shared<herd_meter>(*log, wanted.distinct, cameras), duration);
  print(wanted, cameras, status ? mishaps_of(*status) : mishaps{});
  const bool measured = std::ranges::any_of(cameras, [](const auto& camera) {
    return camera.second.found.sent_to_decoded.count() > 0;
  });
  return measured ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  settings wanted;
  CLI::App app{
      "How late is a decoded frame after the camera sent it? Runs a camherd node in this\n"
      "process against camherd-sim's cameras and reads the block code of every frame. The\n"
      "latency ends when the frame is published, before its code is read.",
      "send_to_decoded"};
  app.add_option("--config", wanted.config_file, "Configuration (camherd-sim --config-out)")
      ->required();
  app.add_option("--sent-log", wanted.log_file, "Sent log (camherd-sim --sent-log)")
      ->required();
  app.add_option("--for", wanted.duration, "How long")->capture_default_str();
  app.add_option("--distinct", wanted.distinct, "As given to camherd-sim")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app.add_flag("--json", wanted.as_json, "Print JSON");
  app.footer(
      "Example:\n"
      "  camherd-sim --cameras 20 --config-out sim.yaml --sent-log /dev/shm/sent.log &\n"
      "  send_to_decoded --config sim.yaml --sent-log /dev/shm/sent.log --for 30s\n"
      "\n"
      "Exit status: 0 measured, 1 no frame could be measured, 2 wrong use.");
  CLI11_PARSE(app, count, arguments);
  return measure(wanted);
}
