#include "apps/camherd-sim/options.hpp"
#include "apps/camherd-sim/urls.hpp"
#include "tests/support/catch.hpp"

#include <initializer_list>
#include <string>

namespace sim = camherd::sim;
using camherd::video_codec;

namespace {

sim::command_line parse(std::initializer_list<const char*> arguments) {
  return sim::parse_command_line({arguments.begin(), arguments.size()});
}

sim::options accepted(std::initializer_list<const char*> arguments) {
  const auto parsed = parse(arguments);
  INFO(parsed.text);
  REQUIRE_FALSE(parsed.exit_status);
  return parsed.value;
}

std::string refused(std::initializer_list<const char*> arguments) {
  const auto parsed = parse(arguments);
  REQUIRE(parsed.exit_status == 2);
  CHECK(parsed.text.find('\n') == std::string::npos);
  return parsed.text;
}

bool mentions(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("without options there are eight ordinary cameras", "[apps][sim]") {
  const auto o = accepted({});
  CHECK(o.cameras == 8);
  CHECK(o.port == 8554);
  CHECK(o.address == "127.0.0.1");
  CHECK(o.fps == sim::frame_rate{6, 1});
  CHECK_FALSE(o.size);
  CHECK(o.codec == video_codec::h264);
  CHECK(o.bitrate == 1'400'000);
  CHECK(o.gop == 12);
  CHECK(o.phases == sim::phase_plan::staggered);
}

TEST_CASE("values are read in the ways people write them", "[apps][sim]") {
  CHECK(accepted({"--size", "640x360"}).size == sim::picture_size{640, 360});
  CHECK(accepted({"--fps", "12.5"}).fps == sim::frame_rate{25, 2});
  CHECK(accepted({"--fps", "30000/1001"}).fps == sim::frame_rate{30000, 1001});
  CHECK(accepted({"--bitrate", "2M"}).bitrate == 2'000'000);
  CHECK(accepted({"--bitrate", "800k"}).bitrate == 800'000);
  CHECK(accepted({"--bitrate", "64000"}).bitrate == 64'000);
  CHECK(accepted({"--codec", "h265"}).codec == video_codec::h265);
  CHECK(accepted({"--no-stagger"}).phases == sim::phase_plan::together);
  CHECK(accepted({"--port", "0"}).port == 0);
}

TEST_CASE("defaults follow the other options", "[apps][sim]") {
  CHECK(accepted({"--fps", "25"}).gop == 50);
  CHECK(accepted({"--fps", "25", "--gop", "25"}).gop == 25);
  const auto mjpeg = accepted({"--codec", "mjpeg"});
  CHECK(mjpeg.gop == 1);
  CHECK(mjpeg.bitrate == 4'800'000);
}

TEST_CASE("help goes to standard output and names examples", "[apps][sim]") {
  const auto parsed = parse({"--help"});
  CHECK(parsed.exit_status == 0);
  CHECK(mentions(parsed.text, "Examples:"));
  CHECK(mentions(parsed.text, "--sent-log"));
}

TEST_CASE("misuse is refused in one line that names the option", "[apps][sim]") {
  CHECK(mentions(refused({"--size", "1281x720"}), "--size"));
  CHECK(mentions(refused({"--size", "720p"}), "--size"));
  CHECK(mentions(refused({"--size", "64x64"}), "block code"));
  CHECK(mentions(refused({"--size", "99999x720"}), "--size"));
  CHECK(mentions(refused({"--fps", "0"}), "--fps"));
  CHECK(mentions(refused({"--fps", "nan"}), "--fps"));
  CHECK(mentions(refused({"--fps", "1/0"}), "--fps"));
  CHECK(mentions(refused({"--bitrate", "fast"}), "--bitrate"));
  CHECK(mentions(refused({"--bitrate", "-5"}), "--bitrate"));
  CHECK(mentions(refused({"--codec", "vp9"}), "--codec"));
  CHECK(mentions(refused({"--cameras", "0"}), "--cameras"));
  CHECK(mentions(refused({"--port", "70000"}), "--port"));
  CHECK(mentions(refused({"--seconds", "3600", "--fps", "60"}), "--seconds"));
  CHECK(mentions(refused({"--unheard-of"}), "--unheard-of"));
}

TEST_CASE("options that do not go together are refused", "[apps][sim]") {
  CHECK(mentions(refused({"--as-is"}), "--clip"));
  CHECK(mentions(refused({"--as-is", "--clip", "a.mp4", "--fps", "5"}), "--fps"));
  CHECK(mentions(refused({"--codec", "mjpeg", "--gop", "12"}), "--gop"));
  CHECK(mentions(refused({"--codec", "mjpeg", "--size", "4096x2160"}), "--size"));
  CHECK(mentions(refused({"--user", "admin"}), "--password"));
  CHECK(mentions(refused({"--auth", "basic"}), "--auth"));
  CHECK(mentions(refused({"--distinct", "3", "--clip", "a.mp4"}), "--distinct"));
  CHECK(mentions(refused({"--distinct", "9"}), "--distinct"));
}

TEST_CASE("the written configuration names every camera with its credentials", "[apps][sim]") {
  const auto o = accepted({"--cameras", "2", "--user", "admin", "--password", "p@ss:w/1"});
  CHECK(sim::config_text(o, 8554) ==
        "cameras:\n"
        "  cam0:\n"
        "    url: rtsp://admin:p%40ss%3Aw%2F1@127.0.0.1:8554/cam0\n"
        "  cam1:\n"
        "    url: rtsp://admin:p%40ss%3Aw%2F1@127.0.0.1:8554/cam1\n");
}

TEST_CASE("printed URLs carry no credentials and can be connected to", "[apps][sim]") {
  CHECK(sim::public_url(accepted({"--user", "u", "--password", "secret"}), 1, 0) ==
        "rtsp://127.0.0.1:1/cam0");
  CHECK(sim::public_url(accepted({"--address", "::1", "--tls"}), 322, 7) ==
        "rtsps://[::1]:322/cam7");
  CHECK(sim::public_url(accepted({"--address", "0.0.0.0"}), 554, 0) ==
        "rtsp://127.0.0.1:554/cam0");
}
