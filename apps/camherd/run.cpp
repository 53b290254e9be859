#include "apps/camherd/api/service.hpp"
#include "apps/camherd/command.hpp"
#include "apps/camherd/duration_option.hpp"
#include "apps/camherd/heap.hpp"
#include "apps/camherd/live_config.hpp"
#include "apps/camherd/live_screen.hpp"
#include "apps/camherd/memory_end.hpp"
#include "apps/camherd/node.hpp"
#include "apps/camherd/notify.hpp"
#include "apps/camherd/process_usage.hpp"
#include "apps/camherd/report.hpp"
#include "apps/camherd/signals.hpp"
#include "apps/camherd/status_board.hpp"
#include "apps/camherd/status_table.hpp"
#include "apps/camherd/steering.hpp"
#include "config/load.hpp"
#include "core/base/runtime_dir.hpp"
#include "core/delivery/frame_server.hpp"
#include "core/media/converter.hpp"
#include "core/media/demuxer_source.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <iostream>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <poll.h>
#include <string>
#include <thread>
#include <unistd.h>

namespace camherd::cli {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr auto summary_interval = 60s;
// What one camera may need at once: RTSP, RTP, RTCP and name lookup, shared memory, the socket
// for its consumers and some of them, and room.
constexpr std::size_t files_per_camera = 16;
constexpr std::size_t files_of_the_process = 128;
// Everything in the shutdown has a deadline of its own; this one is for what has none.
constexpr auto last_resort_after = 5s;

struct run_options {
  std::string file;
  std::string duration;
  std::string report;
};

// Ends the process if its orderly end takes too long: a thread stuck in a library call cannot
// be joined, and everything worth keeping was written before.
class last_resort {
 public:
  explicit last_resort(exit_code code)
      : watch_{[this, code] {
          std::unique_lock lock{mutex_};
          if (!over_changed_.wait_for(lock, last_resort_after, [this] { return over_; })) {
            std::_Exit(static_cast<int>(code));
          }
        }} {}

  ~last_resort() {
    {
      const std::lock_guard lock{mutex_};
      over_ = true;
    }
    over_changed_.notify_all();
    watch_.join();
  }

  last_resort(const last_resort&) = delete;
  last_resort& operator=(const last_resort&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable over_changed_;
  bool over_ = false;
  std::thread watch_;
};

// A valid configuration, or nothing after saying what is wrong with it.
std::shared_ptr<const config> load(const std::string& file) {
  auto outcome = load_config(file, process_environment());
  if (!outcome) {
    std::cerr << "camherd: " << outcome.error().message() << '\n';
    return nullptr;
  }
  for (const auto& problem : outcome->problems) std::cerr << to_string(file, problem) << '\n';
  if (!outcome->problems.empty()) return nullptr;
  return std::make_shared<const config>(std::move(outcome->value));
}

// The run from its start to its end, on the main thread.
class run_loop {
 public:
  run_loop(run_options options, result<file_watch> watch, std::shared_ptr<const config> wanted,
           std::optional<milliseconds> duration)
      : options_{std::move(options)},
        watch_{std::move(watch)},
        wanted_{std::move(wanted)},
        screen_{live_screen::open()},
        log_{make_event_log(wanted_->node, screen_ ? screen_->log_sink() : nullptr)} {
    if (duration) ends_at_ = steady_clock::now() + *duration;
  }

  exit_code run() {
    auto herd = open_steering();
    if (!herd) return not_started(herd.error());
    auto server = open_server();
    if (!server) return not_started(server.error());
    node running{wanted_->node, {.observer = board_, .log = log_, .frames = *server}};
    // With a report or a duration the run is itself a consumer that wants every frame.
    if (ends_at_ || !options_.report.empty())
      running.serve({.level = decode_level::everything});
    (*herd)->start([&running, log = log_](std::shared_ptr<const config> next) {
      allow_open_files(next->cameras.size(), *log);
      running.apply(std::move(next));
    });
    live_config live{options_.file, std::move(watch_), wanted_, **herd, log_};
    auto served = open_api(**herd, running, live);
    if (!served) {
      running.halt();
      return not_started(served.error());
    }
    live.serve_with([this, &served](const http_config& next) -> result<std::function<void()>> {
      if (*served) return (*served)->prepare_reload(next);
      if (next == wanted_->http || halting_) return std::function<void()>{[] {}};
      return error{error_kind::unsupported, "http: a server is started after a restart only"};
    });
    log_->write(log_level::info, "", "started",
                std::to_string((*herd)->cameras().size()) + " cameras");

    while (!stopped_) {
      wait(live.fd());
      live.follow();
      while (const auto signal = signals_.take()) {
        if (*signal == SIGHUP) {
          live.reload();
        } else if (halting_) {
          std::_Exit(128 + *signal);
        } else {
          halt(running, *served, "signal " + std::to_string(*signal));
        }
      }
      take_news(served->get());
      if (!halting_ && ends_at_ && steady_clock::now() >= *ends_at_)
        halt(running, *served, "time is up");
    }
    return finish();
  }

 private:
  exit_code not_started(const error& why) {
    log_->write(log_level::error, "", "not_started", why.message());
    return exit_code::usage;
  }

  static void allow_open_files(std::size_t cameras, event_log& log) {
    const auto raised =
        raise_open_files_limit(files_of_the_process + files_per_camera * cameras);
    if (!raised) log.write(log_level::warning, "", "open_files", raised.error().message());
  }

  result<std::unique_ptr<steering>> open_steering() {
    const auto& chosen = wanted_->node.state_dir;
    const auto directory = chosen.empty()
                               ? default_state_dir(process_environment(), ::geteuid())
                               : result<std::string>{chosen};
    if (!directory) return directory.error();
    auto kept = state_file::open(*directory);
    if (!kept) return kept.error();
    return steering::open(wanted_, *std::move(kept));
  }

  [[nodiscard]] std::string runtime_dir() const {
    const auto& chosen = wanted_->node.runtime_dir;
    return chosen.empty() ? default_runtime_dir() : chosen;
  }

  result<std::shared_ptr<frame_server>> open_server() {
    frame_server_options options;
    options.runtime_dir = runtime_dir();
    options.make_converter = make_converter;
    options.on_problem = [log = log_](std::string_view camera, const error& what) {
      log->write(log_level::warning, camera, "delivery", what.message(),
                 log_component::delivery);
    };
    return frame_server::create(std::move(options));
  }

  // Null where the configuration wants no server.
  result<std::unique_ptr<api::service>> open_api(steering& herd, node& running,
                                                 const live_config& live) {
    if (wanted_->http.listen.empty()) return std::unique_ptr<api::service>{};
    const api::herd_access access{
        .wanted = herd,
        .newest = [board = board_] { return board->newest(); },
        .restart = [&running](const std::string& camera) { running.restart(camera); },
        .reloaded = [&live] { return live.outcome(); },
        .log = log_,
        .runtime_dir = runtime_dir()};
    auto served = api::service::start(wanted_->http, access, CAMHERD_VERSION);
    if (!served) return served;
    for (const auto& url : (*served)->urls())
      log_->write(log_level::info, "", "listening", url);
    return served;
  }

  void wait(int file_changed) {
    auto timeout = -1ms;
    if (ends_at_ && !halting_) {
      timeout = std::max(0ms, std::chrono::ceil<milliseconds>(*ends_at_ - steady_clock::now()));
    }
    pollfd all[] = {
        {signals_.fd(), POLLIN, 0}, {board_->fd(), POLLIN, 0}, {file_changed, POLLIN, 0}};
    ::poll(all, std::size(all),
           static_cast<int>(std::min<milliseconds::rep>(timeout.count(), 3'600'000)));
  }

  // `served` may be null.
  void take_news(api::service* served) {
    const auto news = board_->take();
    if (news.status) {
      status_ = news.status;
      if (!news.stopped) service_.alive();
      if (served && !news.stopped) served->tell(status_);
      threads_ = std::max(threads_, read_process_usage().threads);
      if (screen_ && !news.stopped) {
        screen_->draw(*status_);
      } else if (!screen_ && steady_clock::now() >= next_summary_) {
        next_summary_ = steady_clock::now() + summary_interval;
        log_->write(log_level::info, "", "summary",
                    render_status(*status_, {.columns = 200, .rows = 1}, colour::off).front());
      }
    }
    stopped_ = news.stopped;
  }

  void halt(node& running, std::unique_ptr<api::service>& served, const std::string& why) {
    halting_ = true;
    log_->write(log_level::info, "", "stopping", why);
    service_.stopping();
    served.reset();
    ended_at_ = steady_clock::now();
    running.halt();
  }

  exit_code finish() {
    auto code = exit_code::success;
    if (!options_.report.empty() && status_) {
      auto usage = read_process_usage();
      usage.threads = std::max(usage.threads, threads_);
      if (const auto written =
              write_report(make_report(*status_, usage, ended_at_), options_.report);
          !written) {
        log_->write(log_level::error, "", "report", written.error().message());
        code = exit_code::failure;
      }
    }
    log_->write(log_level::info, "", "stopped");
    screen_.reset();
    std::cout << std::flush;
    last_resort_.emplace(code);
    if (abandoned_readers() > 0) std::_Exit(static_cast<int>(code));
    return code;
  }

  run_options options_;
  result<file_watch> watch_;
  std::shared_ptr<const config> wanted_;  // shared with the steering
  signal_queue signals_{SIGINT, SIGTERM, SIGHUP};
  std::unique_ptr<live_screen> screen_;
  std::shared_ptr<event_log> log_;  // shared with the node
  std::shared_ptr<status_board> board_ =
      std::make_shared<status_board>();        // shared with the herd
  std::shared_ptr<const herd_status> status_;  // shared with the herd
  std::optional<steady_clock::time_point> ends_at_;
  steady_clock::time_point ended_at_{};
  steady_clock::time_point next_summary_ = steady_clock::now() + summary_interval;
  std::size_t threads_ = 0;
  bool halting_ = false;
  bool stopped_ = false;
  service_notifier service_ = service_notifier::from_environment();
  std::optional<last_resort> last_resort_;
};

exit_code run_command(const run_options& options) {
  std::optional<milliseconds> duration;
  if (!options.duration.empty()) {
    duration = read_duration_option("--for", options.duration, {.min = 1ms, .max = 24h * 3650});
    if (!duration) return exit_code::usage;
  }
  keep_heap_compact();
  survive_failed_writes();
  // A change while the file is read for the first time is one to follow.
  auto watch = file_watch::open(options.file);
  auto wanted = load(options.file);
  if (!wanted) return exit_code::usage;
  end_in_words_without_memory(wanted->node);
  return run_loop{options, std::move(watch), std::move(wanted), duration}.run();
}

}  // namespace

void add_run(CLI::App& app, exit_code& code) {
  auto options = std::make_shared<run_options>();
  auto* command = app.add_subcommand("run", "Ingest the cameras of a configuration");
  command->add_option("file", options->file, "Configuration (YAML)")
      ->required()
      ->type_name("FILE");
  command->add_option("--for", options->duration, "End after this time, such as 30s or 5m");
  command->add_option("--report", options->report,
                      "Write a JSON report to this file at the end; - is standard output");
  command->footer(
      "With --for or --report the run itself wants every frame of every camera, within each\n"
      "camera's frames_per_second_limit. Without them, cameras that nobody asks are not "
      "decoded\n"
      "unless `idle` says so. SIGHUP reads the configuration again; SIGINT and SIGTERM end "
      "the\n"
      "run in good order, a second one at once.\n"
      "\n"
      "Examples:\n"
      "  camherd run cameras.yaml\n"
      "  camherd run cameras.yaml --for 30s --report report.json\n");
  command->final_callback([options, &code] { code = run_command(*options); });
}

}  // namespace camherd::cli
