#include "apps/camherd/columns.hpp"
#include "apps/camherd/command.hpp"
#include "apps/camherd/duration_option.hpp"
#include "apps/camherd/frame_options.hpp"
#include "apps/camherd/signals.hpp"
#include "apps/camherd/watch_view.hpp"
#include "apps/camherd/watched_camera.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <poll.h>
#include <string>
#include <unistd.h>
#include <vector>

namespace camherd::cli {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using json = nlohmann::ordered_json;

constexpr auto interval = 1s;

struct watch_options {
  std::vector<std::string> names;
  bool all = false;
  std::string duration;
  std::uint64_t frames = 0;
  std::string folder;
  bool as_json = false;
  frame_options stream;
};

// Where the figures go.
class watch_output {
 public:
  explicit watch_output(bool as_json)
      : as_json_{as_json}, redraws_{!as_json && ::isatty(STDOUT_FILENO) != 0} {}

  void show(const std::vector<std::unique_ptr<watched_camera>>& cameras,
            steady_clock::duration span) {
    std::vector<std::string> lines;
    for (const auto& camera : cameras) {
      const auto recent = camera->take_recent();
      lines.push_back(as_json_ ? text_of(watch_json(*camera, recent, span))
                               : watch_line(*camera, recent, span));
    }
    if (redraws_) return redraw(lines);
    if (!as_json_ && !headed_) std::cout << watch_heading() << '\n';
    headed_ = true;
    for (const auto& line : lines) std::cout << line << '\n';
    std::cout << std::flush;
  }

  // The figures of the whole time.
  void conclude(const std::vector<std::unique_ptr<watched_camera>>& cameras,
                steady_clock::duration span) {
    for (const auto& camera : cameras) (void)camera->take_recent();
    if (!as_json_) std::cout << "\nIn all " << decimal(seconds(span), 1) << " s:\n";
    if (!as_json_) std::cout << watch_heading() << '\n';
    for (const auto& camera : cameras) {
      if (as_json_) {
        auto summary = watch_json(*camera, camera->total(), span);
        summary["summary"] = true;
        summary["seconds"] = seconds(span);
        std::cout << text_of(summary) << '\n';
      } else {
        std::cout << watch_line(*camera, camera->total(), span) << '\n';
      }
    }
    std::cout << std::flush;
  }

 private:
  static double seconds(steady_clock::duration span) {
    return std::chrono::duration<double>(span).count();
  }

  static std::string text_of(const json& object) {
    return object.dump(-1, ' ', false, json::error_handler_t::replace);
  }

  void redraw(std::vector<std::string> lines) {
    const auto size = terminal_size();
    // The heading, a line that says what is left out, and one for the cursor.
    const auto room = size.rows > 4 ? size.rows - 3 : 1;
    const auto left_out = lines.size() > room ? lines.size() - room : 0;
    lines.resize(lines.size() - left_out);
    lines.insert(lines.begin(), watch_heading());
    if (left_out > 0) lines.push_back("and " + std::to_string(left_out) + " more");
    std::string out;
    if (drawn_ > 0) out += "\x1b[" + std::to_string(drawn_) + 'A';
    for (const auto& line : lines) out += "\r" + line.substr(0, size.columns - 1) + "\x1b[K\n";
    out += "\x1b[J";
    drawn_ = lines.size();
    std::cout << out << std::flush;
  }

  bool as_json_;
  bool redraws_;
  bool headed_ = false;
  std::size_t drawn_ = 0;  // lines above the cursor that are ours
};

class watch_loop {
 public:
  watch_loop(const watch_options& options, const consumer::options& wanted,
             std::optional<milliseconds> duration)
      : output_{options.as_json} {
    for (const auto& name : options.names) {
      cameras_.push_back(
          std::make_unique<watched_camera>(name, wanted, options.folder, options.frames));
    }
    if (duration) ends_at_ = started_ + *duration;
  }

  exit_code run() {
    auto shown = started_;
    while (!over()) {
      for (const auto& camera : cameras_) camera->read();
      const auto now = steady_clock::now();
      if (now >= shown + interval) {
        output_.show(cameras_, now - shown);
        shown = now;
      }
      wait(shown + interval);
    }
    output_.conclude(cameras_, steady_clock::now() - started_);
    return outcome();
  }

 private:
  bool over() {
    interrupted_ = signals_.take().has_value();
    return interrupted_ || steady_clock::now() >= ends_at_ || !std::cout ||
           std::all_of(cameras_.begin(), cameras_.end(),
                       [](const auto& camera) { return camera->done(); });
  }

  void wait(steady_clock::time_point until) {
    std::vector<pollfd> all{{signals_.fd(), POLLIN, 0}};
    for (const auto& camera : cameras_) {
      if (!camera->done()) all.push_back({camera->camera().descriptor(), POLLIN, 0});
    }
    const auto left =
        std::chrono::ceil<milliseconds>(std::min(until, ends_at_) - steady_clock::now());
    ::poll(all.data(), all.size(), static_cast<int>(std::max(left, 0ms).count()));
  }

  exit_code outcome() const {
    if (!std::cout) {
      std::cerr << "camherd: cannot write to standard output\n";
      return exit_code::failure;
    }
    auto code = exit_code::success;
    for (const auto& camera : cameras_) {
      if (camera->total().not_saved > 0) {
        std::cerr << "camherd: " << camera->total().not_saved << " pictures of "
                  << camera->camera().name() << " were not saved\n";
        code = exit_code::failure;
      }
    }
    for (const auto& camera : cameras_) {
      if (camera->frames() > 0) continue;
      std::cerr << "camherd: no frame of " << camera->camera().name() << ": "
                << to_string(camera->camera().state());
      if (!camera->camera().problem().empty()) std::cerr << ": " << camera->camera().problem();
      std::cerr << '\n';
      if (camera->camera().refused()) return exit_code::usage;
      if (!interrupted_ && code == exit_code::success) code = exit_code::camera;
    }
    return code;
  }

  signal_queue signals_{SIGINT, SIGTERM};
  std::vector<std::unique_ptr<watched_camera>> cameras_;
  watch_output output_;
  steady_clock::time_point started_ = steady_clock::now();
  steady_clock::time_point ends_at_ = steady_clock::time_point::max();
  bool interrupted_ = false;
};

// The cameras to watch; an exit code if there is something wrong with them.
std::optional<exit_code> choose_cameras(watch_options& options,
                                        const std::string& runtime_dir) {
  if (options.all == !options.names.empty()) {
    std::cerr << "camherd: watch needs the names of cameras, or --all\n";
    return exit_code::usage;
  }
  if (options.all) {
    options.names = consumer::camera_names(runtime_dir);
    if (!options.names.empty()) return std::nullopt;
    std::cerr << "camherd: no camherd serves cameras in " << runtime_dir << '\n';
    return exit_code::camera;
  }
  for (const auto& name : options.names) {
    if (const auto found = find_camera(name, runtime_dir); found != exit_code::success)
      return found;
  }
  return std::nullopt;
}

bool can_save(const watch_options& options, consumer::options& wanted) {
  if (options.stream.format.empty()) wanted.format = consumer::pixel_format::rgb24;
  using enum consumer::pixel_format;
  if (wanted.format != rgb24 && wanted.format != bgr24 && wanted.format != gray8) {
    std::cerr << "camherd: --save needs the format rgb24, bgr24 or gray8\n";
    return false;
  }
  std::error_code failed;
  std::filesystem::create_directories(options.folder, failed);
  if (failed)
    std::cerr << "camherd: --save: " << options.folder << ": " << failed.message() << '\n';
  return !failed;
}

exit_code watch_command(watch_options options) {
  auto wanted = read_frame_options(options.stream);
  if (!wanted) return exit_code::usage;
  std::optional<milliseconds> duration;
  if (!options.duration.empty()) {
    duration = read_duration_option("--for", options.duration, {.min = 1ms, .max = 24h * 3650});
    if (!duration) return exit_code::usage;
  }
  if (const auto problem = choose_cameras(options, wanted->runtime_dir)) return *problem;
  if (!options.folder.empty() && !can_save(options, *wanted)) return exit_code::usage;
  return watch_loop{options, *wanted, duration}.run();
}

}  // namespace

void add_watch(CLI::App& app, exit_code& code) {
  auto options = std::make_shared<watch_options>();
  auto* command =
      app.add_subcommand("watch", "Read cameras as a consumer, and say how well that goes");
  command->add_option("name", options->names, "Cameras")->type_name("CAMERA");
  command->add_flag("--all", options->all, "Every camera of this machine");
  command->add_option("--for", options->duration, "End after this time, such as 30s or 5m");
  command->add_option("--frames", options->frames, "End after so many frames of each camera");
  command
      ->add_option("--save", options->folder,
                   "Write each frame into this directory as NAME-SEQUENCE.jpg")
      ->type_name("DIR");
  command->add_flag("--json", options->as_json, "One JSON object a line");
  add_size_options(*command, options->stream);
  add_stream_options(*command, options->stream);
  command->footer(
      "Says once a second, for each camera: its state, frames a second, their age (from the\n"
      "last packet until they are here), frames that were missed here, pictures that the\n"
      "camera dropped; at the end the same for the whole time. Goes on when camherd or a\n"
      "camera comes back. SIGINT and SIGTERM end it.\n"
      "Exit codes: 0 well, 1 something could not be written, 2 wrong command line or no such\n"
      "            camera, 3 no frame came of a camera, or no camherd runs.\n"
      "\n"
      "Examples:\n"
      "  camherd watch yard\n"
      "  camherd watch --all --format bgr24 --for 30s --json\n"
      "  camherd watch yard --max-fps 1 --save pictures --frames 10\n");
  command->final_callback([options, &code] { code = watch_command(*options); });
}

}  // namespace camherd::cli
