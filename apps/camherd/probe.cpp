#include "apps/camherd/columns.hpp"
#include "apps/camherd/command.hpp"
#include "apps/camherd/duration_option.hpp"
#include "apps/camherd/probe_camera.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <cmath>
#include <iostream>
#include <memory>
#include <string>

namespace camherd::cli {
namespace {

using namespace std::chrono_literals;
using json = nlohmann::ordered_json;

struct probe_options {
  std::string url;
  std::string transport = "tcp";
  std::string patience = "15s";
  bool as_json = false;
};

void line(std::string_view name, const std::string& value) {
  std::cout << "  " << name << std::string(name.size() < 16 ? 16 - name.size() : 1, ' ')
            << value << '\n';
}

std::string clock_words(const probe_findings& found) {
  if (!found.clock_ahead) return "not told (no RTCP sender report with a date)";
  const auto seconds = std::chrono::duration<double>(*found.clock_ahead).count();
  if (std::abs(seconds) < 1) return "agrees with ours (" + decimal(seconds, 3) + " s ahead)";
  return decimal(std::abs(seconds), 1) + " s " + (seconds > 0 ? "ahead of" : "behind") +
         " ours: set the camera's time (NTP)";
}

std::string keyframe_words(const probe_findings& found) {
  if (!found.keyframe_distance) {
    return found.keyframes == 0 ? "none came" : "only one came while we watched";
  }
  auto words = "every " + std::to_string(*found.keyframe_distance) + " pictures";
  if (found.measured_fps > 0) {
    const auto seconds = static_cast<double>(*found.keyframe_distance) / found.measured_fps;
    words += " (" + decimal(seconds, 1) + " s)";
  }
  return words;
}

void print_stream(const probe_findings& found) {
  const auto& stream = *found.stream;
  line("codec", std::string{to_string(stream.codec)});
  if (found.width > 0) {
    line("size", std::to_string(found.width) + "x" + std::to_string(found.height) + ", " +
                     found.pixel_format);
  } else if (!found.decode_error.empty()) {
    line("size", "unknown: " + found.decode_error);
  }
  line("frame rate",
       (found.measured_fps > 0 ? decimal(found.measured_fps, 2) + " fps" : "unknown") +
           (stream.declared_fps > 0 ? ", declared " + decimal(stream.declared_fps, 2) + " fps"
                                    : ""));
  line("keyframes", keyframe_words(found));
  line("bit rate", decimal(found.bits_per_second / 1e6, 2) + " Mb/s");
  line("transport", stream.transport + ", " + std::to_string(found.transport.packets_lost) +
                        " of " + std::to_string(found.transport.packets) + " packets lost");
  line("authentication", stream.authentication.empty() ? "none" : stream.authentication);
  line("clock", clock_words(found));
  if (!stream.server.empty()) line("server", stream.server);
  line("connected", "after " + std::to_string(found.connected_after.count()) + " ms");
  if (found.keyframe_after) {
    line("first keyframe", "after " + std::to_string(found.keyframe_after->count()) + " ms");
  }
}

void print_text(const camera_url& url, const probe_findings& found) {
  std::cout << url << '\n';
  if (found.stream) print_stream(found);
  for (const auto& notice : found.notices) line("note", notice);
  if (found.failure) {
    line("failed", found.failure->message());
    line("try", advice_for(*found.failure));
  } else if (found.pictures == 0) {
    line("failed", "connected, but no picture came");
    line("try", "another --transport: a firewall may keep packets away");
  } else if (found.keyframes == 0) {
    line("failed", "pictures came, but no keyframe: nothing can be decoded");
    line("try",
         "a shorter keyframe interval (I-frame interval) in the camera's settings, or a longer "
         "--for");
  }
}

template <class T>
json or_null(const std::optional<T>& value, auto&& convert) {
  return value ? json(convert(*value)) : json(nullptr);
}

json to_json(const camera_url& url, const probe_findings& found) {
  json report{{"url", url.redacted()}};
  if (found.stream) {
    const auto& stream = *found.stream;
    report["stream"] = {
        {"codec", to_string(stream.codec)},
        {"width", found.width},
        {"height", found.height},
        {"pixel_format", found.pixel_format},
        {"fps", found.measured_fps},
        {"declared_fps", stream.declared_fps},
        {"keyframe_interval_pictures",
         or_null(found.keyframe_distance, [](auto n) { return n; })},
        {"bits_per_second", found.bits_per_second},
        {"transport", stream.transport},
        {"authentication", stream.authentication.empty() ? "none" : stream.authentication},
        {"server", stream.server},
        {"clock_ahead_ms", or_null(found.clock_ahead, [](auto ms) { return ms.count(); })},
        {"connected_after_ms", found.connected_after.count()},
        {"keyframe_after_ms",
         or_null(found.keyframe_after, [](auto ms) { return ms.count(); })},
        {"pictures", found.pictures},
        {"keyframes", found.keyframes},
        {"packets", found.transport.packets},
        {"packets_lost", found.transport.packets_lost}};
  } else {
    report["stream"] = nullptr;
  }
  report["notices"] = found.notices;
  report["error"] = or_null(found.failure, [](const error& e) {
    return json{
        {"kind", to_string(e.kind())}, {"message", e.message()}, {"try", advice_for(e)}};
  });
  return report;
}

exit_code exit_of(const probe_findings& found) {
  if (found.failure && found.failure->kind() == error_kind::authentication) {
    return exit_code::authentication;
  }
  // A file that ends after its pictures were seen has failed at nothing.
  if (found.failure && found.failure->kind() != error_kind::end_of_stream)
    return exit_code::camera;
  return found.width > 0 ? exit_code::success : exit_code::camera;
}

exit_code probe_command(const probe_options& options) {
  const auto url = camera_url::parse(options.url);
  if (!url) {
    std::cerr << "camherd: " << url.error().message() << '\n';
    return exit_code::usage;
  }
  const auto patience =
      read_duration_option("--for", options.patience, {.min = 100ms, .max = 1h});
  if (!patience) return exit_code::usage;
  camera_config camera;
  camera.name = "probe";
  camera.url = *url;
  camera.loop = false;
  camera.transport = options.transport == "udp"    ? transport_choice::udp
                     : options.transport == "auto" ? transport_choice::automatic
                                                   : transport_choice::tcp;
  const auto found = probe_camera(camera, *patience);
  if (options.as_json) {
    std::cout << to_json(*url, found).dump(2, ' ', false, json::error_handler_t::replace)
              << '\n';
  } else {
    print_text(*url, found);
  }
  return exit_of(found);
}

}  // namespace

void add_probe(CLI::App& app, exit_code& code) {
  auto options = std::make_shared<probe_options>();
  auto* command =
      app.add_subcommand("probe", "Say what a camera offers, or what is wrong with it");
  command->add_option("url", options->url, "rtsp://, rtsps://, http://, file: and others")
      ->required();
  command->add_option("--transport", options->transport, "tcp, udp or auto")
      ->check(CLI::IsMember({"tcp", "udp", "auto"}))
      ->capture_default_str();
  command->add_option("--for", options->patience, "Longest time to watch")
      ->capture_default_str();
  command->add_flag("--json", options->as_json, "Print JSON");
  command->footer(
      "Connects once, watches until three keyframes have come, and disconnects.\n"
      "Exit codes: 0 the camera can be used, 2 wrong command line, 3 camera or network,\n"
      "            4 credentials refused.\n"
      "\n"
      "Examples:\n"
      "  camherd probe 'rtsp://user:password@10.0.0.5/stream1'\n"
      "  camherd probe --transport udp --json rtsp://10.0.0.5/live\n");
  command->final_callback([options, &code] { code = probe_command(*options); });
}

}  // namespace camherd::cli
