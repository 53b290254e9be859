#include "core/base/unique_fd.hpp"
#include "tests/e2e/free_port.hpp"
#include "tests/faults/fault_run.hpp"
#include "tests/support/catch.hpp"

#include <gst/gst.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

using namespace camherd;
using namespace camherd::faults;
using namespace camherd::testing;

namespace {

/// A camera that is told `how` to behave from its beginning. When its fault begins, it cuts its
/// clients off.
std::unique_ptr<faulty_camera> started(script how) {
  gst_init(nullptr, nullptr);
  const auto pictures = make_clip();
  REQUIRE(pictures);
  conduct from_its_beginning;
  from_its_beginning.told = std::move(how);
  return stage({0, *pictures}, {}, onset::with_new_connections, from_its_beginning);
}

/// Camherd is told to end once it has logged `event` of a camera with this entry.
void check_end_after(const std::string& entry, const std::string& event) {
  INFO(event);
  herd_run herd{"  camera: {" + entry + ", idle: full}\n"};
  const bool came = herd.logs(event == "started" ? "" : "camera", event).has_value();
  const auto report = herd.stop(SIGTERM);
  INFO(herd.log());
  CHECK(came);
  check_account(report.at("camera"));
  CHECK(herd.logs("", "stopped"));
}

std::string url_of(const std::unique_ptr<faulty_camera>& camera) {
  return "url: '" + camera->url() + "'";
}

/// Camherd is told to end when it waits for what follows a request.
void check_end_during(script how, const std::string& request) {
  const auto camera = started(std::move(how));
  herd_run herd{"  camera: {" + url_of(camera) + ", idle: full}\n"};
  const bool asked = dynamic_cast<staged_camera&>(*camera).camera().wait_for(request);
  const auto report = herd.stop(SIGTERM);
  INFO(herd.log());
  CHECK(asked);
  check_account(report.at("camera"));
  CHECK(herd.logs("", "stopped"));
}

}  // namespace

TEST_CASE("sigterm-at-every-state", "[faults]") {
  SECTION("stopped") {
    check_end_after("url: 'rtsp://127.0.0.1:9/', enabled: false", "started");
  }
  SECTION("connecting") {
    script silent;
    reaction none;
    none.what = reaction::act::silence;
    silent.on["OPTIONS"] = {none};
    check_end_during(silent, "OPTIONS");
  }
  SECTION("waiting for a keyframe") {
    script silent;
    silent.silent_after_play = true;
    check_end_during(silent, "PLAY");
  }
  SECTION("streaming") {
    const auto camera = started({});
    check_end_after(url_of(camera), "streaming");
  }
  SECTION("backoff") {
    check_end_after("url: 'rtsp://127.0.0.1:" + std::to_string(free_port()) + "/'",
                    "connection");
  }
  SECTION("quarantined") {
    script locked;
    locked.login.scheme = camera_login::digest_md5;
    locked.login.refuses_all = true;
    const auto camera = started(locked);
    check_end_after(url_of(camera), "quarantined");
  }
}

TEST_CASE("sigpipe", "[faults]") {
  const temporary_folder folder;
  const auto log = folder / "log";
  REQUIRE(::mkfifo(log.c_str(), 0600) == 0);
  const auto camera = started({});
  herd_run herd{"  camera: {" + url_of(camera) + ", idle: full}\n",
                {},
                {"sh", "-c", "exec \"$@\" 2>\"$0\"", log}};
  {
    std::ifstream reader{log};
    std::string line;
    while (line.find("event=streaming") == std::string::npos)
      REQUIRE(std::getline(reader, line));
  }
  const auto clean = std::make_shared<const clean_pictures>(camera->clips());
  const watched_camera watched{"camera", herd.runtime_dir(), clean};
  herd.process().send_signal(SIGPIPE);
  for (int round = 0; round < 3; ++round) {
    // Each new connection is a line, which nobody reads.
    camera->begin();
    CHECK(watched.shows(10));
  }
  const auto report = herd.stop(SIGTERM);
  check_account(report.at("camera"));
  CHECK(watched.tally().smeared == 0);
}

TEST_CASE("sigkill-and-restart", "[faults]") {
  const auto camera = started({});
  herd_run herd{"  camera: {" + url_of(camera) + ", idle: full}\n"};
  const auto clean = std::make_shared<const clean_pictures>(camera->clips());
  const watched_camera watched{"camera", herd.runtime_dir(), clean};
  REQUIRE(watched.shows(10));
  const auto cameras = herd.runtime_dir() + "/cameras/";
  const auto socket = cameras + "camera.sock";
  // What others left there, or a camherd whose cameras had other names.
  const unique_fd bound{::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto stale = cameras + "gone.sock";
  std::memcpy(address.sun_path, stale.c_str(), stale.size() + 1);
  REQUIRE(::bind(bound.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
          0);
  std::ofstream{cameras + "notes.txt"} << "not a socket";
  for (int round = 0; round < 2; ++round) {
    herd.kill();
    CHECK(std::filesystem::exists(socket));
    CHECK(watched.wait_until([](const auto& now) { return now.states.contains("removed"); }));
    herd.start_again();
    // The consumer is the same: it has found the new one by itself.
    CHECK(watched.shows(10));
    CHECK_FALSE(std::filesystem::exists(stale));
  }
  CHECK(std::filesystem::exists(cameras + "notes.txt"));
  CHECK(watched.tally().smeared == 0);
  const auto report = herd.stop(SIGTERM);
  check_account(report.at("camera"));
  CHECK_FALSE(std::filesystem::exists(socket));
}

TEST_CASE("two-daemons", "[faults]") {
  fault_run run{{}};
  const temporary_folder folder;
  const auto second = run_process({CAMHERD_PROGRAM,
                                   {"run", run.herd().configuration_path()},
                                   {{"CAMHERD_RUNTIME_DIR", run.herd().runtime_dir()},
                                    {"STATE_DIRECTORY", folder / "state"}}});
  REQUIRE(second);
  INFO(second->err);
  CHECK(second->end == process_exit{2, 0});
  CHECK(second->err.find("is used by another camherd") != std::string::npos);
  for (const auto* name : {"good0", "good1"}) CHECK(run.watch(name).shows(20));
  static_cast<void>(run.finish());
}
