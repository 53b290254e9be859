#include "apps/camherd-sim/options.hpp"

#include "core/base/block_code.hpp"
#include "core/base/result.hpp"

#include <CLI/CLI.hpp>

#include <charconv>
#include <cmath>
#include <numeric>
#include <string_view>
#include <vector>

namespace camherd::sim {
namespace {

constexpr const char* description =
    "Simulated RTSP cameras: encodes a moving scene once and serves it in a loop from any\n"
    "number of cameras at /cam0, /cam1, ... Every picture carries its index as a block code.";

constexpr const char* footer =
    "Examples:\n"
    "  camherd-sim                                     8 cameras, H.264 720p at 6 pictures/s\n"
    "  camherd-sim --cameras 50 --config-out sim.yaml  and a configuration that names them\n"
    "  camherd-sim --codec h265 --size 1920x1080 --fps 25 --bitrate 4M\n"
    "  camherd-sim --clip vtest.avi --fps 10           a clip, encoded anew with block code\n"
    "  camherd-sim --clip shop.mp4 --as-is             the clip's own stream\n"
    "  camherd-sim --fault silent-after-play           a camera with a fault of --list-faults\n"
    "  camherd-sim --port 0 --user admin --password secret --sent-log /dev/shm/sent.log\n"
    "\n"
    "When it serves it prints one line, \"ready rtsp://ADDRESS:PORT/cam0 .. /camN\".\n"
    "Exit status: 0 ended by SIGINT or SIGTERM, 1 could not run (port in use, unreadable "
    "clip,\n"
    "missing GStreamer plugin), 2 wrong use.";

error misuse(std::string text) {
  return {error_kind::invalid_argument, std::move(text)};
}

/// The whole of `text` as a number; empty otherwise.
template <class Number>
std::optional<Number> number_in(std::string_view text) {
  Number value{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

result<picture_size> parse_size(std::string_view text) {
  const auto x = text.find('x');
  const auto width = number_in<unsigned>(text.substr(0, x));
  const auto height = x == text.npos ? std::nullopt : number_in<unsigned>(text.substr(x + 1));
  if (!width || !height) {
    return misuse("--size: \"" + std::string{text} + "\" is not WIDTHxHEIGHT");
  }
  if (*width % 2 != 0 || *height % 2 != 0) {
    return misuse("--size: width and height must be even");
  }
  if (*width < block_code_width || *height < block_code_height || *width > 8192 ||
      *height > 8192) {
    return misuse("--size: must be from " + std::to_string(block_code_width) + "x" +
                  std::to_string(block_code_height) + " (the block code) to 8192x8192");
  }
  return picture_size{*width, *height};
}

result<frame_rate> parse_rate(std::string_view text) {
  const auto slash = text.find('/');
  const auto numerator = number_in<double>(text.substr(0, slash));
  const auto denominator =
      slash == text.npos ? std::optional{1.0} : number_in<double>(text.substr(slash + 1));
  if (!numerator || !denominator || !(*denominator >= 1) || *denominator > 1e6 ||
      !(*numerator / *denominator >= 0.1) || *numerator / *denominator > 240) {
    return misuse("--fps: \"" + std::string{text} + "\" is not a rate from 0.1 to 240");
  }
  // Thousandths are finer than any camera's rate.
  const auto top = static_cast<int>(std::lround(*numerator * 1000));
  const auto bottom = static_cast<int>(std::lround(*denominator * 1000));
  const int divisor = std::gcd(top, bottom);
  return frame_rate{top / divisor, bottom / divisor};
}

result<std::uint64_t> parse_bitrate(std::string_view text) {
  double scale = 1;
  std::string_view digits = text;
  if (!digits.empty() && (digits.back() == 'k' || digits.back() == 'K')) scale = 1e3;
  if (!digits.empty() && digits.back() == 'M') scale = 1e6;
  if (scale > 1) digits.remove_suffix(1);
  const auto value = number_in<double>(digits);
  if (!value || !(*value * scale >= 8e3) || *value * scale > 1e9) {
    return misuse("--bitrate: \"" + std::string{text} +
                  "\" is not a rate from 8k to 1000M bits per second, such as 1400k or 2M");
  }
  return static_cast<std::uint64_t>(*value * scale);
}

/// Values that CLI11 takes as text and we check.
struct raw_values {
  std::string size;
  std::string fps = "6";
  std::string bitrate;
  std::string codec = "h264";
  std::string auth = "digest";
  bool stagger = true;
};

void declare(CLI::App& app, options& o, raw_values& raw) {
  app.add_option("--cameras", o.cameras, "Number of cameras")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  app.add_option("--address", o.address, "Address to listen on")->capture_default_str();
  app.add_option("--port", o.port, "TCP port; 0 picks a free one")->capture_default_str();
  app.add_option("--fps", raw.fps, "Pictures per second, such as 6, 12.5 or 30000/1001")
      ->capture_default_str();
  app.add_option("--size", raw.size, "WIDTHxHEIGHT (default 1280x720, or the clip's own)");
  app.add_option("--codec", raw.codec, "h264, h265 or mjpeg")
      ->check(CLI::IsMember({"h264", "h265", "mjpeg"}))
      ->type_name("CODEC")
      ->capture_default_str();
  app.add_option("--bitrate", raw.bitrate,
                 "Bits per second of each camera (default 1400k; 4800k for mjpeg)");
  app.add_option("--gop", o.gop, "Pictures from one keyframe to the next (default 2 s of them)")
      ->check(CLI::Range(1, 10000));
  app.add_option("--seconds", o.seconds, "Length of the loop")
      ->check(CLI::Range(0.5, 3600.0))
      ->capture_default_str();
  app.add_option(
         "--distinct", o.distinct,
         "Different scenes: camera n shows scene n modulo this, and says so in its code")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app.add_option("--clip", o.clip, "Loop this video file instead of a scene of our own");
  app.add_flag("--as-is", o.as_is,
               "Send the clip's own stream and timing: nothing encoded, no block code");
  app.add_flag("--stagger,!--no-stagger", raw.stagger,
               "Spread the cameras over the loop and the picture interval (default); "
               "otherwise all keyframes come at once");
  app.add_option("--user", o.user, "User name that clients must give");
  app.add_option("--password", o.password, "Password that clients must give");
  app.add_option("--auth", raw.auth, "digest or basic")
      ->check(CLI::IsMember({"digest", "basic"}))
      ->type_name("SCHEME")
      ->capture_default_str();
  app.add_flag("--tls", o.tls, "Serve rtsps with a certificate made at the start");
  app.add_option("--sent-log", o.sent_log, "Write the time each picture was sent to this file");
  app.add_option("--config-out", o.config_out,
                 "Write a camherd configuration naming all the cameras (mode 0600)");
  app.add_option("--save-clip", o.save_clip,
                 "Write what the first scene's cameras send to this file, one round of it");
  app.add_flag("--print-urls", o.print_urls, "Print every camera's URL, without credentials");
  app.add_option("--fault", o.fault, "Serve one camera that has this fault instead")
      ->type_name("NAME");
  app.add_flag("--list-faults", o.list_faults, "List the faults and what each does");
  app.add_flag("--markdown", o.markdown, "With --list-faults: as the page of the reference");
  app.add_flag("--json", o.json, "With --list-faults: for programs");
  app.add_option(
         "--stage", o.stage,
         "Serve cameras that take on faults when standard input says so; what they show "
         "is written into this folder")
      ->type_name("FOLDER");
}

/// Refuses what means nothing to cameras with faults.
result<void> check_fault_options(const options& o, const CLI::App& app) {
  if ((o.markdown || o.json) && !o.list_faults) {
    return misuse("--markdown and --json: only with --list-faults");
  }
  if (o.fault.empty() && o.stage.empty()) return {};
  const auto* mode = o.fault.empty() ? "--stage" : "--fault";
  const auto* goes_with_it = o.fault.empty() ? "--cameras" : "--port";
  for (const auto* option : app.get_options()) {
    const auto name = option->get_name();
    if (option->count() == 0 || name == mode || name == goes_with_it ||
        name == "--list-faults" || name == "--markdown" || name == "--json") {
      continue;
    }
    return misuse(name + ": not with " + mode + ", which says everything");
  }
  return {};
}

/// Fills in what depends on other options and refuses what does not go together.
result<void> complete(options& o, const raw_values& raw, const CLI::App& app) {
  const auto given = [&app](const char* name) { return app.count(name) > 0; };
  if (const auto fits = check_fault_options(o, app); !fits) return fits;
  const auto fps = parse_rate(raw.fps);
  if (!fps) return fps.error();
  o.fps = *fps;
  if (given("--size")) {
    const auto size = parse_size(raw.size);
    if (!size) return size.error();
    o.size = *size;
  }
  o.codec = raw.codec == "h265"    ? video_codec::h265
            : raw.codec == "mjpeg" ? video_codec::mjpeg
                                   : video_codec::h264;
  o.auth = raw.auth == "basic" ? auth_scheme::basic : auth_scheme::digest;
  o.phases = raw.stagger ? phase_plan::staggered : phase_plan::together;
  o.bitrate = o.codec == video_codec::mjpeg ? 4'800'000 : 1'400'000;
  if (given("--bitrate")) {
    const auto bitrate = parse_bitrate(raw.bitrate);
    if (!bitrate) return bitrate.error();
    o.bitrate = *bitrate;
  }
  if (o.codec == video_codec::mjpeg) {
    if (given("--gop")) return misuse("--gop: every MJPEG picture is a keyframe");
    if (o.size && (o.size->width > 2040 || o.size->height > 2040)) {
      return misuse("--size: MJPEG over RTP ends at 2040x2040 (RFC 2435)");
    }
    o.gop = 1;
  } else if (!given("--gop")) {
    o.gop = static_cast<unsigned>(
        std::max(1L, std::lround(2.0 * o.fps.numerator / o.fps.denominator)));
  }
  const double pictures = o.seconds * o.fps.numerator / o.fps.denominator;
  if (pictures > 65535) return misuse("--seconds: a loop has at most 65535 pictures");
  if (pictures < 1) return misuse("--seconds: too short for one picture");

  if (o.as_is) {
    if (o.clip.empty()) return misuse("--as-is: needs --clip");
    for (const char* name : {"--size", "--fps", "--codec", "--bitrate", "--gop", "--seconds"}) {
      if (given(name))
        return misuse(std::string{name} + ": not with --as-is, which changes nothing");
    }
  }
  if (!o.clip.empty() && o.distinct > 1) return misuse("--distinct: not with --clip");
  if (o.distinct > o.cameras) return misuse("--distinct: more scenes than cameras");
  if (o.user.empty() != o.password.empty()) {
    return misuse("--user and --password: give both or none");
  }
  if (given("--auth") && o.user.empty()) return misuse("--auth: needs --user and --password");
  return {};
}

}  // namespace

command_line parse_command_line(std::span<const char* const> arguments) {
  command_line parsed;
  raw_values raw;
  CLI::App app{description, "camherd-sim"};
  app.footer(footer);
  declare(app, parsed.value, raw);
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::Success&) {
    parsed.exit_status = 0;
    parsed.text = app.help();
    return parsed;
  } catch (const CLI::ParseError& e) {
    parsed.exit_status = 2;
    parsed.text = e.what();
    return parsed;
  }
  if (const auto done = complete(parsed.value, raw, app); !done) {
    parsed.exit_status = 2;
    parsed.text = done.error().message();
  }
  return parsed;
}

}  // namespace camherd::sim
