#include "tests/faults/fault_run.hpp"
#include "tests/support/catch.hpp"

#include <string>

using namespace camherd::faults;
using namespace camherd::testing;

namespace {

/// The camera's session outlives `count` keepalives of one kind.
void check_one_session(const std::string& name, const std::string& method, std::size_t count) {
  fault_run run{{fault_named(name)}};
  const auto& camera = dynamic_cast<staged_camera&>(run.camera(name)).camera();
  const auto plays = camera.requests("PLAY").size();
  run.begin();
  REQUIRE(camera.wait_for("PLAY", plays + 1));
  const auto connections = camera.connections();
  const auto requests = camera.requests(method).size();
  run.check_symptoms();
  CHECK(camera.wait_for(method, requests + count));
  CHECK(camera.connections() == connections);
  run.end();
  static_cast<void>(run.finish());
}

}  // namespace

TEST_CASE("keepalive-by-get-parameter", "[faults]") {
  // The fourth comes 6.7 s after PLAY, where the session would be over after 5 s.
  check_one_session("keepalive-by-get-parameter", "GET_PARAMETER", 4);
}

TEST_CASE("keepalive-by-options", "[faults]") {
  check_one_session("keepalive-by-options", "OPTIONS", 4);
}

TEST_CASE("keepalive-refused", "[faults]") {
  check_one_session("keepalive-refused", "OPTIONS", 4);
}

TEST_CASE("keepalive-unanswered", "[faults]") {
  check_one_session("keepalive-unanswered", "GET_PARAMETER", 4);
}

TEST_CASE("session-forgotten", "[faults]") {
  check_fault("session-forgotten");
}
