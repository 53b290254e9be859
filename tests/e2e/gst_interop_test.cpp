#include "tests/e2e/herd_run.hpp"
#include "tests/e2e/simulator.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fixtures.hpp"

#include <csignal>
#include <fstream>
#include <iterator>
#include <string>

using namespace camherd;
using namespace camherd::testing;

namespace {

std::string text_of(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace

TEST_CASE("cameras of each codec stream from GStreamer over each transport", "[e2e][gst]") {
  const std::string codec = GENERATE("h264", "h265", "mjpeg");
  const auto gop = codec == "mjpeg" ? 1 : small_gop;
  simulator sim{3, small_scene(codec)};
  herd_run run{"  by-tcp: {url: '" + sim.url(0) + "', transport: tcp}\n" + "  by-udp: {url: '" +
               sim.url(1) + "', transport: udp}\n" + "  by-either: {url: '" + sim.url(2) +
               "', transport: auto}\n"};
  const bool all_stream = run.logs("by-tcp", "streaming") && run.logs("by-udp", "streaming") &&
                          run.logs("by-either", "streaming");
  const bool sent = all_stream && sim.sends(3 * small_gop);
  const auto report = run.stop(SIGTERM);

  INFO(run.log());
  REQUIRE(all_stream);
  REQUIRE(sent);
  CHECK(run.logs("by-tcp", "connected", codec + " over tcp"));
  CHECK(run.logs("by-udp", "connected", codec + " over udp"));
  CHECK(run.logs("by-either", "connected", codec + " over udp"));
  check_undisturbed(report.at("by-tcp"), small_gop, gop);
  CHECK(report.at("by-tcp").fps > 0);
  CHECK(report.at("by-tcp").packets_lost == 0);
  for (const auto* camera : {"by-udp", "by-either"}) {
    // Over UDP a busy machine may lose packets, but no picture goes unaccounted.
    check_account(report.at(camera));
    CHECK(report.at(camera).decoded > 0);
    CHECK(sum_of(report.at(camera).restarts) == 0);
  }
}

TEST_CASE("a right password lets in; a wrong one is told, and shown nowhere", "[e2e][gst]") {
  const std::string scheme = GENERATE("digest", "basic");
  auto arguments = small_scene();
  arguments.insert(arguments.end(),
                   {"--user", "viewer", "--password", "open:sesame/9", "--auth", scheme});
  simulator sim{2, arguments};
  herd_run run{"  in-keys: {url: '" + sim.url(0) + "', username: viewer, " +
               "password: 'open:sesame/9'}\n" +
               "  in-url: " + sim.url(1, "viewer:open%3Asesame%2F9@") + "\n" + "  wrong: " +
               sim.url(0, "viewer:Op3nBarley@") + "\n" + "  none: " + sim.url(0) + "\n"};
  const bool as_expected =
      run.logs("in-keys", "streaming") && run.logs("in-url", "streaming") &&
      run.logs("wrong", "quarantined", "refused the user or the password") &&
      run.logs("none", "quarantined", "asks for a user and a password") &&
      sim.sends(3 * small_gop);
  const auto report = run.stop(SIGTERM);

  INFO(run.log());
  REQUIRE(as_expected);
  const auto shown = scheme == "digest" ? "digest-md5" : "basic";
  CHECK(run.logs("in-keys", "connected", shown));
  CHECK(run.logs("in-url", "connected", shown));
  check_undisturbed(report.at("in-keys"), small_gop, small_gop);
  check_undisturbed(report.at("in-url"), small_gop, small_gop);
  for (const auto* camera : {"wrong", "none"}) {
    CHECK(report.at(camera).restarts.at("authentication") >= 1);
    CHECK(report.at(camera).received == 0);
    CHECK(report.at(camera).decoded == 0);
  }
  const auto all = run.log() + run.process().text(output::out) + text_of(run.report_path());
  for (const auto* secret : {"sesame", "Op3nBarley"}) {
    CHECK(all.find(secret) == std::string::npos);
  }
}

TEST_CASE("cameras stream over TLS, and a certificate is verified on demand", "[e2e][gst]") {
  auto arguments = small_scene();
  arguments.emplace_back("--tls");
  simulator sim{1, arguments};
  herd_run run{"  trusted: " + sim.url(0) + "\n" + "  verified: {url: '" + sim.url(0) +
               "', verify_certificate: true}\n"};
  const bool as_expected = run.logs("trusted", "streaming") &&
                           run.logs("verified", "protocol", "certificate is refused") &&
                           sim.sends(3 * small_gop);
  const auto report = run.stop(SIGTERM);

  INFO(run.log());
  REQUIRE(as_expected);
  CHECK(run.logs("trusted", "connected", "h264 over tls"));
  check_undisturbed(report.at("trusted"), small_gop, small_gop);
  CHECK(report.at("verified").restarts.at("protocol") >= 1);
  CHECK(report.at("verified").received == 0);
}

TEST_CASE("the streams of real cameras decode without damage", "[e2e][gst]") {
  const std::string clip = GENERATE("retail-1080p30.hevc.mp4", "car-park-432p.h264.mp4");
  const auto path = fixture_path("clips/" + clip);
  if (!path) return;
  simulator sim{1, {"--clip", path->string(), "--as-is"}};
  herd_run run{"  shop: " + sim.url(0) + "\n"};
  const bool streams = run.logs("shop", "streaming").has_value();
  const bool sent = streams && sim.sends(30);
  const auto report = run.stop(SIGTERM);

  INFO(run.log());
  REQUIRE(streams);
  REQUIRE(sent);
  check_account(report.at("shop"));
  CHECK(report.at("shop").decoded > 0);
  CHECK(report.at("shop").dropped.at("corrupt") == 0);
  CHECK(report.at("shop").packets_lost == 0);
  CHECK(sum_of(report.at("shop").restarts) == 0);
}

TEST_CASE("cameras come back by themselves after their server was killed", "[e2e][gst]") {
  simulator sim{3, small_scene()};
  herd_run run{"  cam0: " + sim.url(0) + "\n" + "  cam1: " + sim.url(1) + "\n" +
               "  cam2: {url: '" + sim.url(2) + "', transport: udp}\n"};
  const auto every_camera = [&](const char* event, std::size_t times) {
    return run.logs("cam0", event, "", times) && run.logs("cam1", event, "", times) &&
           run.logs("cam2", event, "", times);
  };
  const bool streamed = every_camera("streaming", 1);
  sim.kill();
  const bool noticed = every_camera("connection", 1);
  sim.start_again();
  const bool came_back = every_camera("streaming", 2);
  const bool sent = came_back && sim.sends(3 * small_gop);
  const auto report = run.stop(SIGTERM);

  INFO(run.log());
  REQUIRE(streamed);
  REQUIRE(noticed);
  REQUIRE(came_back);
  REQUIRE(sent);
  for (const auto& [name, camera] : report) {
    INFO(name);
    check_account(camera);
    CHECK(camera.decoded > small_gop);
    CHECK(camera.restarts.at("connection") >= 1);
    CHECK(camera.restarts.at("connection") == sum_of(camera.restarts));
  }
}
