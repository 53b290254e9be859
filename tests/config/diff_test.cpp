#include "tests/config/parsing.hpp"

using namespace camherd;
using namespace camherd::testing;

namespace {

std::vector<std::string> names(const std::vector<camera_config>& cameras) {
  std::vector<std::string> list;
  for (const auto& camera : cameras) list.push_back(camera.name);
  return list;
}

}  // namespace

TEST_CASE("equal configurations have no difference, whatever their order", "[config][diff]") {
  const auto a = valid("cameras: {a: 'rtsp://h/1', b: 'rtsp://h/2'}");
  const auto b = valid("cameras: [{name: b, url: 'rtsp://h/2'}, {name: a, url: 'rtsp://h/1'}]");
  const auto d = diff(a, b);
  CHECK(d.removed.empty());
  CHECK(d.added.empty());
  CHECK(d.changed.empty());
  CHECK_FALSE(d.node_changed);
}

TEST_CASE("a difference names what came, went and changed, and leaves the rest alone",
          "[config][diff]") {
  const auto from =
      valid("cameras: {same: 'rtsp://h/1', gone: 'rtsp://h/2', moved: 'rtsp://h/3'}");
  const auto to =
      valid("cameras: {moved: 'rtsp://h/4', fresh: 'rtsp://h/5', same: 'rtsp://h/1'}");
  const auto d = diff(from, to);
  CHECK(d.removed == std::vector<std::string>{"gone"});
  CHECK(names(d.added) == std::vector<std::string>{"fresh"});
  REQUIRE(names(d.changed) == std::vector<std::string>{"moved"});
  CHECK(d.changed[0].url.path() == "/4");
}

TEST_CASE("a camera that only stops or starts is no changed one", "[config][diff]") {
  const auto from = valid("cameras: {a: 'rtsp://h/', b: 'rtsp://h/', c: 'rtsp://h/'}");
  auto to = from;
  to.cameras[0].enabled = false;
  to.cameras[1].stopped = true;
  to.cameras[2].stopped = true;
  to.cameras[2].max_leases = 5;
  const auto d = diff(from, to);
  CHECK(names(d.switched) == std::vector<std::string>{"a", "b"});
  CHECK(names(d.changed) == std::vector<std::string>{"c"});
}

TEST_CASE("a new password alone is a change of the camera", "[config][diff]") {
  const auto d =
      diff(valid("cameras: {a: 'rtsp://u:old@h/'}"), valid("cameras: {a: 'rtsp://u:new@h/'}"));
  CHECK(names(d.changed) == std::vector<std::string>{"a"});
}

TEST_CASE("a changed default changes the cameras that use it", "[config][diff]") {
  const auto d =
      diff(valid("cameras: {a: 'rtsp://h/1', b: {url: 'rtsp://h/2', transport: tcp}}"),
           valid("defaults: {transport: udp}\n"
                 "cameras: {a: 'rtsp://h/1', b: {url: 'rtsp://h/2', transport: tcp}}"));
  CHECK(names(d.changed) == std::vector<std::string>{"a"});
  CHECK_FALSE(d.node_changed);
}

TEST_CASE("a change of node or log settings is told apart from cameras", "[config][diff]") {
  const auto from = valid("cameras: {a: 'rtsp://h/'}");
  for (const std::string setting : {"log: {level: debug}", "node: {runtime_dir: /run/x}"}) {
    const auto d = diff(from, valid(setting + "\ncameras: {a: 'rtsp://h/'}"));
    CHECK(d.node_changed);
    CHECK(d.changed.empty());
  }
}
