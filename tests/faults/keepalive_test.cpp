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
  run.begin();
  REQUIRE(camera.wait_until([&] { return camera.connections() == 2; }));
  const auto before = camera.requests(method).size();
  run.check_symptoms();
  CHECK(camera.wait_for(method, before + count));
  const auto connections = camera.connections();
  run.end();
  static_cast<void>(run.finish());
  CHECK(connections == 2);
}

}  // namespace

TEST_CASE("keepalive-by-get-parameter", "[faults]") {
  // The fourth comes 6.7 s after PLAY, where the session would be over after 5 s.
  check_one_session("keepalive-by-get-parameter", "GET_PARAMETER", 4);
}

TEST_CASE("keepalive-by-options", "[faults]") {
  // One opens the session.
  check_one_session("keepalive-by-options", "OPTIONS", 5);
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
