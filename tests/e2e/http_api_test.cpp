// One place to see and steer the herd: the HTTP API of the real program.
#include "tests/apps/http/raw_client.hpp"
#include "tests/e2e/herd_run.hpp"
#include "tests/e2e/simulator.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <csignal>
#include <fstream>
#include <string>

using namespace camherd;
using namespace camherd::testing;

namespace {

constexpr auto password = "op3nsesame";

std::string ask(std::uint16_t port, const std::string& method, const std::string& path,
                const std::string& body = "", const std::string& host = "localhost",
                std::string_view token = api_token) {
  raw_client client{port};
  client.say(method + ' ' + path + " HTTP/1.1\r\nHost: " + host +
             "\r\nConnection: close\r\nAuthorization: Bearer " + std::string{token} +
             "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  auto answer = client.rest();
  CHECK(answer.find(password) == std::string::npos);
  return answer;
}

nlohmann::json body_of(const std::string& answer) {
  return nlohmann::json::parse(answer.substr(answer.find("\r\n\r\n")), nullptr, false);
}

std::string state_of(std::uint16_t port, const std::string& camera) {
  const auto shown = body_of(ask(port, "GET", "/api/v1/cameras/" + camera));
  const auto& state = shown["state"];
  return state.is_string() ? state.get<std::string>() : "";
}

// The herd reports once a second.
bool comes_to(std::uint16_t port, const std::string& camera, const std::string& state) {
  const auto deadline = std::chrono::steady_clock::now() + child_process::patience;
  while (state_of(port, camera) != state) {
    if (std::chrono::steady_clock::now() > deadline) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("the API shows the herd to whoever has the token", "[e2e][api]") {
  simulator sim{1, small_scene()};
  const std::string login = "admin:" + std::string{password} + "@";
  herd_run run{"  cam0: '" + sim.url(0, login) + "'\n"};
  const auto port = run.http_port();
  const bool streams = run.logs("cam0", "streaming") && comes_to(port, "cam0", "streaming");
  const auto list = ask(port, "GET", "/api/v1/cameras");
  const auto node = body_of(ask(port, "GET", "/api/v1/node"));
  const auto ready = ask(port, "GET", "/readyz", "", "localhost", "");
  const auto wrong_token =
      ask(port, "GET", "/api/v1/cameras", "", "localhost", "fedcba9876543210");
  const auto wrong_host = ask(port, "GET", "/api/v1/cameras", "", "evil.example");
  const auto report = run.stop(SIGTERM);

  INFO(run.log());
  REQUIRE(streams);
  CHECK(status_of(list) == 200);
  CHECK(body_of(list)["cameras"][0]["state"] == "streaming");
  CHECK(body_of(list)["cameras"][0]["from_file"] == true);
  CHECK(node["cameras"]["streaming"] == 1);
  CHECK(status_of(ready) == 200);
  CHECK(status_of(wrong_token) == 401);
  CHECK(status_of(wrong_host) == 421);
  CHECK(report.at("cam0").received > 0);
}

TEST_CASE("a camera is added, stopped and removed through the API", "[e2e][api]") {
  simulator sim{1, small_scene()};
  herd_run run{"  file: {url: 'rtsp://127.0.0.1:9/', enabled: false}\n"};
  const auto port = run.http_port();
  const auto added = ask(port, "POST", "/api/v1/cameras",
                         R"({"name": "added", "url": ")" +
                             sim.url(0, "admin:" + std::string{password} + "@") + "\"}");
  const bool streams = run.logs("added", "streaming").has_value();
  const auto restarted = ask(port, "POST", "/api/v1/cameras/added/restart");
  const bool again = run.logs("added", "streaming", "", 2).has_value();
  const auto stopped = ask(port, "POST", "/api/v1/cameras/added/stop");
  const bool stops = run.logs("added", "stopped").has_value();
  const auto removed = ask(port, "DELETE", "/api/v1/cameras/added");
  const auto report = run.stop(SIGTERM);

  INFO(run.log());
  CHECK(status_of(added) == 201);
  CHECK(streams);
  CHECK(status_of(restarted) == 202);
  CHECK(again);
  CHECK(status_of(stopped) == 200);
  CHECK(stops);
  CHECK(status_of(removed) == 204);
  CHECK_FALSE(report.contains("added"));
}

TEST_CASE("what happens is streamed with the state of the herd", "[e2e][api]") {
  simulator sim{1, small_scene()};
  herd_run run{"  cam0: " + sim.url(0) + "\n"};
  const auto port = run.http_port();
  raw_client viewer{port};
  viewer.say(
      "GET /api/v1/events/stream?status=true&after=0 HTTP/1.1\r\nHost: localhost\r\n"
      "Authorization: Bearer " +
      std::string{api_token} + "\r\n\r\n");
  const auto until_streaming = viewer.until("event=streaming");
  const auto status = viewer.until("\"state\":\"streaming\"");
  const auto events = body_of(ask(port, "GET", "/api/v1/events?camera=cam0"));
  (void)run.stop(SIGTERM);

  INFO(run.log());
  CHECK(until_streaming.find("text/event-stream") != std::string::npos);
  CHECK(until_streaming.find("event: event\nid: 1\ndata: ") != std::string::npos);
  CHECK(status.find("event: status\ndata: {\"at\":") != std::string::npos);
  for (const auto& event : events["events"]) {
    // The log and the API say the same, to the letter.
    CHECK(run.log().find(event["line"].get<std::string>()) != std::string::npos);
  }
  CHECK(events["events"].size() >= 2);
}

TEST_CASE("a new token takes effect with the file that has it", "[e2e][api]") {
  herd_run run{"  cam0: {url: 'rtsp://127.0.0.1:9/', enabled: false}\n"};
  const auto port = run.http_port();
  const auto status_with = [&](std::string_view token) {
    return status_of(ask(port, "GET", "/api/v1/node", "", "localhost", token));
  };
  CHECK(status_with(api_token) == 200);
  const std::string changed = "fedcba9876543210";
  run.replace_in_file(std::string{api_token}, changed);
  CHECK(run.logs("", "reloaded"));
  const auto old_token = status_with(api_token);
  const auto new_token = status_with(changed);
  run.replace_in_file("listen:", "max_connections: 77, listen:");
  const bool says_so = run.logs("", "restart_needed", "max_connections").has_value();
  (void)run.stop(SIGTERM);

  INFO(run.log());
  CHECK(old_token == 401);
  CHECK(new_token == 200);
  CHECK(says_so);
}

TEST_CASE("an address that is taken ends the start in words", "[e2e][api]") {
  herd_run first{"  cam0: rtsp://127.0.0.1:9/\n"};
  const auto address = "127.0.0.1:" + std::to_string(first.http_port());
  const temporary_folder folder;
  std::ofstream{folder / "herd.yaml"} << "cameras: {}\nhttp: {listen: '" << address << "'}\n";
  auto second = child_process::start(
      {CAMHERD_PROGRAM,
       {"run", folder / "herd.yaml"},
       {{"CAMHERD_RUNTIME_DIR", folder / "run"}, {"STATE_DIRECTORY", folder / "state"}}});
  REQUIRE(second);
  CHECK(second->wait() == process_exit{2, 0});
  CHECK(
      second->text(output::err).find("listening on " + address + ": Address already in use") !=
      std::string::npos);
  (void)first.stop(SIGTERM);
}
