#include "apps/camherd-sim/faults/scripted_camera.hpp"
#include "tests/e2e/free_port.hpp"
#include "tests/e2e/herd_run.hpp"
#include "tests/e2e/noisy_server.hpp"
#include "tests/e2e/simulator.hpp"
#include "tests/support/catch.hpp"

#include <csignal>
#include <string>
#include <utility>

using namespace camherd;
using namespace camherd::faults;
using namespace camherd::testing;

namespace {

std::string rtsp_url(std::uint16_t port) {
  return "rtsp://127.0.0.1:" + std::to_string(port) + "/stream";
}

script silent_script() {
  reaction none;
  none.what = reaction::act::silence;
  script told;
  told.on["OPTIONS"] = {none};
  return told;
}

script locked_script() {
  script told;
  told.login.scheme = camera_login::digest_sha256;
  return told;
}

}  // namespace

TEST_CASE("cameras in trouble do not disturb the good ones and say what is wrong",
          "[e2e][faults]") {
  simulator good{4, small_scene()};
  const noisy_server noisy;
  const scripted_camera silent{silent_script()};
  const scripted_camera locked{locked_script()};
  const auto nobody = free_port();
  herd_run run{"  good0: " + good.url(0) + "\n  good1: " + good.url(1) +
               "\n  good2: " + good.url(2) + "\n  good3: " + good.url(3) +
               "\n  noisy: " + rtsp_url(noisy.port()) + "\n  silent: {url: '" + silent.url() +
               "', connect_timeout: 1s}\n  locked: " + locked.url("admin:wr0ng@") +
               "\n  absent: " + rtsp_url(nobody) + "\n"};
  const bool good_stream = run.logs("good0", "streaming") && run.logs("good1", "streaming") &&
                           run.logs("good2", "streaming") && run.logs("good3", "streaming");
  const bool bad_explained =
      run.logs("noisy", "protocol", "neither RTSP nor interleaved packets") &&
      run.logs("silent", "connection", "OPTIONS: no answer within") &&
      run.logs("locked", "quarantined", "refused the user or the password") &&
      run.logs("absent", "connection", "connection refused (nothing listens on this port)");
  const bool sent = good.sends(3 * small_gop);
  const auto report = run.stop(SIGTERM);

  INFO(run.log());
  REQUIRE(good_stream);
  REQUIRE(bad_explained);
  REQUIRE(sent);
  for (const auto* camera : {"good0", "good1", "good2", "good3"}) {
    INFO(camera);
    check_undisturbed(report.at(camera), small_gop, small_gop);
  }
  for (const auto& [camera, cause] : {std::pair{"noisy", "protocol"},
                                      {"silent", "connection"},
                                      {"locked", "authentication"},
                                      {"absent", "connection"}}) {
    INFO(camera);
    CHECK(report.at(camera).decoded == 0);
    CHECK(report.at(camera).received == 0);
    CHECK(report.at(camera).restarts.at(cause) >= 1);
    CHECK(report.at(camera).restarts.at(cause) == sum_of(report.at(camera).restarts));
  }
  CHECK(run.log().find("wr0ng") == std::string::npos);
}
