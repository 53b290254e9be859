#include "apps/camherd/command.hpp"
#include "apps/camherd/duration_option.hpp"
#include "apps/camherd/frame_options.hpp"
#include "apps/camherd/frame_picture.hpp"
#include "apps/camherd/signals.hpp"
#include "apps/camherd/whole_file.hpp"
#include "core/base/text.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <csignal>
#include <iostream>
#include <memory>
#include <poll.h>
#include <span>
#include <string>
#include <unistd.h>

namespace camherd::cli {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

struct snapshot_options {
  std::string name;
  std::string output;
  std::string timeout = "5s";
  int quality = usual_quality;
  bool as_json = false;
  frame_options frames;
};

exit_code wrong(const std::string& what) {
  std::cerr << "camherd: " << what << '\n';
  return exit_code::usage;
}

bool is_jpeg_name(std::string_view path) {
  const auto dot = path.rfind('.');
  const auto suffix = dot == std::string_view::npos ? "" : path.substr(dot);
  return equals_ignoring_case(suffix, ".jpg") || equals_ignoring_case(suffix, ".jpeg");
}

struct attempt {
  std::optional<consumer::frame> frame;
  bool interrupted = false;
  std::string reason;  // the last that was told, also when the camera is being tried again
};

// Waits for a frame, a signal or the end of patience.
attempt take_one(consumer::camera& camera, milliseconds patience, signal_queue& signals) {
  const auto until = steady_clock::now() + patience;
  attempt made;
  for (;;) {
    made.frame = camera.next(0ns);
    if (!camera.problem().empty()) made.reason = camera.problem();
    made.interrupted = signals.take().has_value();
    const auto left = std::chrono::ceil<milliseconds>(until - steady_clock::now());
    if (made.frame || made.interrupted || camera.refused() || left <= 0ms) return made;
    pollfd both[] = {{signals.fd(), POLLIN, 0}, {camera.descriptor(), POLLIN, 0}};
    ::poll(both, 2, static_cast<int>(std::min(left, milliseconds{1h}).count()));
  }
}

exit_code write_picture(const std::vector<std::uint8_t>& picture, const std::string& output) {
  const auto bytes = std::as_bytes(std::span{picture});
  if (output != "-") {
    const auto written = write_whole_file(output, bytes);
    if (written) return exit_code::success;
    std::cerr << "camherd: " << written.error().message() << '\n';
    return exit_code::failure;
  }
  std::cout.write(reinterpret_cast<const char*>(bytes.data()),
                  static_cast<std::streamsize>(bytes.size()));
  if (std::cout.flush()) return exit_code::success;
  std::cerr << "camherd: cannot write to standard output\n";
  return exit_code::failure;
}

exit_code no_frame(const consumer::camera& camera, const std::string& timeout,
                   const std::string& reason) {
  std::cerr << "camherd: no frame of " << camera.name();
  if (!camera.refused()) std::cerr << " within " << timeout;
  std::cerr << ": " << to_string(camera.state());
  if (!reason.empty()) std::cerr << ": " << reason;
  std::cerr << '\n';
  return camera.refused() ? exit_code::usage : exit_code::camera;
}

void print_json(const snapshot_options& options, const consumer::frame& frame,
                std::chrono::nanoseconds age, std::size_t bytes) {
  const nlohmann::ordered_json object{
      {"camera", options.name},
      {"file", options.output},
      {"bytes", bytes},
      {"width", frame.width()},
      {"height", frame.height()},
      {"sequence", frame.info().sequence},
      {"age_ms", std::chrono::duration<double, std::milli>(age).count()},
      {"corrupt", frame.info().corrupt}};
  std::cout << object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)
            << std::endl;
}

exit_code snapshot_command(const snapshot_options& options) {
  if (options.output == "-" ? ::isatty(STDOUT_FILENO) != 0 : !is_jpeg_name(options.output)) {
    return wrong(options.output == "-"
                     ? "-o -: standard output is a terminal, which shows no pictures"
                     : "-o: pictures are written as JPEG: a name that ends with .jpg, or -");
  }
  if (options.as_json && options.output == "-")
    return wrong("--json: standard output is where the picture goes; name a file");
  const auto patience =
      read_duration_option("--timeout", options.timeout, {.min = 1ms, .max = 24h});
  auto wanted = read_frame_options(options.frames);
  if (!patience || !wanted) return exit_code::usage;
  wanted->format = consumer::pixel_format::rgb24;
  if (const auto found = find_camera(options.name, wanted->runtime_dir);
      found != exit_code::success) {
    return found;
  }
  signal_queue signals{SIGINT, SIGTERM};
  consumer::camera camera{options.name, *wanted};
  const auto made = take_one(camera, *patience, signals);
  if (made.interrupted) return exit_code::failure;
  if (!made.frame) return no_frame(camera, options.timeout, made.reason);
  const auto age = made.frame->age();
  const auto picture = to_jpeg(*made.frame, options.quality);
  if (!picture) {
    std::cerr << "camherd: " << picture.error().message() << '\n';
    return exit_code::failure;
  }
  const auto code = write_picture(*picture, options.output);
  if (options.as_json && code == exit_code::success)
    print_json(options, *made.frame, age, picture->size());
  return code;
}

}  // namespace

void add_snapshot(CLI::App& app, exit_code& code) {
  auto options = std::make_shared<snapshot_options>();
  auto* command = app.add_subcommand("snapshot", "Write the newest picture of a camera");
  command->add_option("name", options->name, "Camera")->required()->type_name("CAMERA");
  command->add_option("-o,--output", options->output, "File (.jpg); - is standard output")
      ->required()
      ->type_name("FILE");
  command->add_option("--timeout", options->timeout, "Longest time to wait for a picture")
      ->capture_default_str();
  command->add_option("--quality", options->quality, "JPEG quality, 1 to 100")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  command->add_flag("--json", options->as_json, "Print what was written, as one JSON object");
  add_size_options(*command, options->frames);
  command->footer(
      "Asks the camherd that runs on this machine. A camera that nobody watched gives its\n"
      "newest picture all the same.\n"
      "Exit codes: 0 written, 1 cannot be written, 2 wrong command line or no such camera,\n"
      "            3 no picture came, or no camherd runs.\n"
      "\n"
      "Examples:\n"
      "  camherd snapshot yard -o yard.jpg\n"
      "  camherd snapshot yard -o - --size 640x0 --quality 75 > small.jpg\n");
  command->final_callback([options, &code] { code = snapshot_command(*options); });
}

}  // namespace camherd::cli
