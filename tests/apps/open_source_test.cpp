#include "apps/camherd/open_source.hpp"

#include "tests/rtsp/session_fixture.hpp"

using namespace camherd;
using namespace camherd::testing;
using namespace std::chrono_literals;

TEST_CASE("connect_timeout is the deadline of each answer", "[apps][source]") {
  const auto method = GENERATE("OPTIONS", "DESCRIBE", "SETUP", "PLAY");
  script told;
  told.on[method] = {{reaction::act::silence, 200, "", {}}};
  const scripted_camera camera{told};
  camera_config spec;
  spec.url = *camera_url::parse(camera.url());
  spec.connect_timeout = 300ms;
  rtsp::io_pool io{1};
  const auto heard = std::make_shared<collector>();
  const auto source = open_source(io, spec, heard);
  const auto before = std::chrono::steady_clock::now();
  source->start();
  REQUIRE(heard->wait_for_end());
  CHECK(std::chrono::steady_clock::now() - before >= 300ms);
  CHECK(heard->ended().kind() == error_kind::retry);
  CHECK(contains(heard->ended().message(), std::string{method} + ": no answer within 300 ms"));
}
