#include "apps/camherd/api/change_queue.hpp"
#include "tests/apps/api_fixture.hpp"
#include "tests/support/catch.hpp"

#include <atomic>
#include <cerrno>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <vector>

using namespace camherd;
using namespace camherd::testing;

namespace {

herd_status yard_streams() {
  camera_status yard;
  yard.health.name = yard.counters.name = "yard";
  yard.health.state = camera_state::streaming;
  yard.health.detail = "says \xff";
  yard.counters.rates.decoded = 5.5;
  yard.counters.flow.received = 12;
  yard.counters.flow.dropped_by[static_cast<std::size_t>(drop_reason::stale)] = 7;
  yard.counters.counts.restarts[static_cast<std::size_t>(restart_cause::stall)] = 2;
  yard.counters.counts.receive_to_decoded.record(std::chrono::milliseconds{4});
  yard.counters.delivery.consumers = 3;
  return {.cameras = {yard}};
}

}  // namespace

TEST_CASE("health is for everybody, and readiness comes with the first report", "[api]") {
  api_fixture f;
  CHECK(f.ask_anybody("GET", "/healthz").status == 200);
  CHECK(f.ask_anybody("GET", "/readyz").status == 503);
  f.report({});
  CHECK(f.ask_anybody("GET", "/readyz").status == 200);
}

TEST_CASE("the metrics of the newest report are a page for Prometheus", "[api]") {
  api_fixture f;
  CHECK(f.ask("GET", "/metrics").status == 503);
  f.report({});
  const auto page = f.ask("GET", "/metrics");
  CHECK(page.status == 200);
  CHECK(page.head.find("text/plain; version=0.0.4") != std::string::npos);
}

TEST_CASE("the herd is shown and steered only to whoever has the token", "[api]") {
  api_fixture f;
  CHECK(f.ask_anybody("GET", "/metrics").status == 401);
  CHECK(f.ask_anybody("GET", "/api/v1/node").status == 401);
  CHECK(f.ask_anybody("GET", "/api/v1/cameras").status == 401);
  CHECK(f.ask_anybody("DELETE", "/api/v1/cameras/door").status == 401);
  CHECK(f.ask_anybody("POST", "/api/v1/cameras/door/stop").status == 401);
  CHECK(f.ask_anybody("POST", "/api/v1/cameras/door/restart").status == 401);
  CHECK(f.herd().camera("door")->started);
}

TEST_CASE("the node says its version and how many cameras are in each state", "[api]") {
  api_fixture f;
  f.report(yard_streams());
  const auto node = f.ask("GET", "/api/v1/node");
  CHECK(node.status == 200);
  CHECK(node.body["version"] == "1.2.3");
  CHECK(node.body["uptime_seconds"] >= 0);
  CHECK(node.body["cameras"]["streaming"] == 1);
  CHECK(node.body["cameras"]["failed"] == 0);
  CHECK(node.body["process"]["threads"] > 0);
}

TEST_CASE("the list has every camera that is wanted, with what the herd says of it", "[api]") {
  api_fixture f;
  f.report(yard_streams());
  const auto list = f.ask("GET", "/api/v1/cameras");
  REQUIRE(list.status == 200);
  const auto& cameras = list.body["cameras"];
  REQUIRE(cameras.size() == 3);
  const auto& yard = cameras[0];
  CHECK(yard["name"] == "yard");
  CHECK(yard["url"] == "rtsp://admin:***@10.0.0.5/");
  CHECK(yard["from_file"] == true);
  CHECK(yard["state"] == "streaming");
  CHECK(yard["detail"] == "says \xef\xbf\xbd");
  CHECK(yard["rates"]["decoded"] == 5.5);
  CHECK(yard["received"] == 12);
  CHECK(yard["dropped"]["stale"] == 7);
  CHECK(yard["restarts"]["stall"] == 2);
  CHECK(yard["latency_ms"]["p50"] == 4.0);
  CHECK(yard["delivery"]["consumers"] == 3);
  CHECK(cameras[1]["enabled"] == false);
  CHECK(cameras[2]["name"] == "door");
  CHECK(cameras[2]["from_file"] == false);
  CHECK(cameras[2]["state"] == nullptr);
}

TEST_CASE("a camera is shown with its settings and its revision as ETag", "[api]") {
  api_fixture f;
  const auto yard = f.ask("GET", "/api/v1/cameras/yard");
  CHECK(yard.status == 200);
  CHECK(yard.head.find("\r\nETag: " + f.etag("yard") + "\r\n") != std::string::npos);
  CHECK(yard.body["settings"]["url"] == "rtsp://admin:***@10.0.0.5/");
  CHECK(yard.body["settings"]["transport"] == "tcp");
  CHECK(f.ask("GET", "/api/v1/cameras/nobody").status == 404);
}

TEST_CASE("a camera can be added", "[api]") {
  api_fixture f;
  const auto added = f.ask("POST", "/api/v1/cameras",
                           R"({"name": "gate", "url": "rtsp://a:op3nsesame@10.0.0.8/",
                               "max_leases": 5, "enabled": false})");
  CHECK(added.status == 201);
  CHECK(added.head.find("\r\nLocation: /api/v1/cameras/gate\r\n") != std::string::npos);
  CHECK(added.head.find("\r\nETag: " + f.etag("gate") + "\r\n") != std::string::npos);
  const auto gate = f.herd().camera("gate");
  REQUIRE(gate);
  CHECK(gate->spec.max_leases == 5);
  CHECK_FALSE(gate->spec.enabled);
  CHECK(gate->spec.url.password() == secret);
}

TEST_CASE("what cannot be added is refused in words", "[api]") {
  api_fixture f;
  const auto add = [&](const std::string& body) {
    return f.ask("POST", "/api/v1/cameras", body);
  };
  CHECK(add("{").status == 400);
  CHECK(add("[]").status == 400);
  CHECK(add(R"({"url": "rtsp://h/"})").detail() == "name: is missing");
  CHECK(add(R"({"name": "yard", "url": "rtsp://h/"})").status == 409);
  CHECK(add(R"({"name": "new", "url": {}})").status == 422);
  const auto wrong =
      add(R"({"name": "new", "url": "rtsp://a:op3nsesame@h/", "transprot": "udp", "loop": 3})");
  CHECK(wrong.status == 422);
  CHECK(wrong.head.find("application/problem+json") != std::string::npos);
  CHECK(wrong.detail().find("transport") != std::string::npos);
  CHECK(wrong.detail().find("loop") != std::string::npos);
  json many{{"name", "new"}, {"url", "rtsp://h/"}};
  for (int i = 0; i < 70; ++i) many["x" + std::to_string(i)] = i;
  CHECK(add(many.dump()).status == 400);
  CHECK(f.herd().cameras().size() == 3);
}

TEST_CASE("a change that sends back what was shown keeps the password", "[api]") {
  api_fixture f;
  auto settings = f.ask("GET", "/api/v1/cameras/door").body["settings"];
  settings["max_leases"] = 7;
  const auto changed = f.ask("PUT", "/api/v1/cameras/door", settings.dump());
  CHECK(changed.status == 200);
  CHECK(changed.body["settings"]["max_leases"] == "7");
  CHECK(f.herd().camera("door")->spec.max_leases == 7);
  CHECK(f.herd().camera("door")->spec.url.password() == secret);
}

TEST_CASE("a change or removal of what somebody else changed is refused", "[api]") {
  api_fixture f;
  const auto change = [&](const std::string& tags) {
    return f
        .ask("PUT", "/api/v1/cameras/door", R"({"url": "rtsp://10.0.0.9/"})",
             "If-Match: " + tags + "\r\n")
        .status;
  };
  const auto old = f.etag("door");
  CHECK(change("\"1\", " + old) == 200);
  CHECK(change(old) == 412);
  CHECK(change("W/" + f.etag("door")) == 412);
  CHECK(f.ask("DELETE", "/api/v1/cameras/door", "", "If-Match: " + old + "\r\n").status == 412);
  CHECK(change("*") == 200);
  CHECK(f.herd().camera("door")->spec.url.host() == "10.0.0.9");
}

TEST_CASE("a camera of an operator can be removed, one of the file cannot", "[api]") {
  api_fixture f;
  CHECK(f.ask("DELETE", "/api/v1/cameras/door").status == 204);
  CHECK(f.ask("DELETE", "/api/v1/cameras/door").status == 404);
  CHECK(f.ask("DELETE", "/api/v1/cameras/yard").status == 409);
  CHECK(f.ask("PUT", "/api/v1/cameras/yard", R"({"url": "rtsp://h/"})").status == 409);
  CHECK(f.herd().cameras().size() == 2);
}

TEST_CASE("cameras are stopped, started and restarted", "[api]") {
  api_fixture f;
  const auto post = [&](const std::string& what) {
    return f.ask("POST", "/api/v1/cameras/" + what);
  };
  CHECK(post("yard/restart").status == 202);
  const auto stopped = post("yard/stop");
  CHECK(stopped.status == 200);
  CHECK(stopped.body["started"] == false);
  CHECK(post("yard/restart").status == 409);
  CHECK_FALSE(f.herd().camera("yard")->started);
  CHECK(post("yard/start").body["started"] == true);
  CHECK(post("off/start").status == 422);
  CHECK(post("off/restart").status == 409);
  CHECK(post("nobody/start").status == 404);
  CHECK(post("nobody/restart").status == 404);
  CHECK(f.restarted() == std::vector<std::string>{"yard"});
}

TEST_CASE("a change that the disk does not take is refused and not made", "[api]") {
  const temporary_folder folder;
  // Shared with the change that the fixture itself makes, which must succeed.
  const auto disk_fails = std::make_shared<std::atomic<bool>>(false);
  auto kept = state_file::open(
      folder / "state",
      {.write = [disk_fails](int fd, const void* bytes, std::size_t count) -> ssize_t {
        errno = ENOSPC;
        return *disk_fails ? -1 : ::write(fd, bytes, count);
      }});
  REQUIRE(kept);
  api_fixture f{{.kept = *std::move(kept)}};
  const auto before = f.etag("door");
  *disk_fails = true;
  const auto added =
      f.ask("POST", "/api/v1/cameras", R"({"name": "gate", "url": "rtsp://10.0.0.8/"})");
  CHECK(added.status == 507);
  CHECK(added.detail().find("No space left on device") != std::string::npos);
  CHECK(f.ask("PUT", "/api/v1/cameras/door", R"({"url": "rtsp://10.0.0.9/"})").status == 507);
  CHECK(f.ask("POST", "/api/v1/cameras/yard/stop").status == 507);
  CHECK(f.ask("DELETE", "/api/v1/cameras/door").status == 507);
  CHECK(f.herd().cameras().size() == 3);
  CHECK(f.herd().camera("yard")->started);
  CHECK(f.etag("door") == before);
}

TEST_CASE("a change beyond those that wait is refused and can be tried again", "[api]") {
  std::promise<void> go_on;
  std::promise<void> begun;
  std::atomic<int> applied{0};
  const auto released = go_on.get_future().share();
  // The first two calls are those of the fixture.
  api_fixture f{{.apply = [&](const std::shared_ptr<const config>&) {
    const auto call = ++applied;
    if (call == 3) begun.set_value();
    if (call > 2) released.wait();
  }}};
  std::vector<std::unique_ptr<raw_client>> waiting;
  const auto stop = [&] {
    waiting.push_back(std::make_unique<raw_client>(f.port()));
    waiting.back()->say(
        "POST /api/v1/cameras/yard/stop HTTP/1.1\r\nHost: localhost\r\n"
        "Authorization: Bearer " +
        std::string{token} + "\r\nContent-Length: 0\r\n\r\n");
  };
  stop();
  begun.get_future().wait();
  // One more than there is room for: whichever of them comes last is refused, at once.
  for (std::size_t i = 0; i <= api::change_queue::capacity; ++i) stop();
  const auto refused = f.ask("POST", "/api/v1/cameras/yard/start");
  CHECK(refused.status == 503);
  CHECK(refused.head.find("\r\nRetry-After: 1\r\n") != std::string::npos);
  go_on.set_value();
  std::size_t done = 0;
  for (const auto& client : waiting) {
    if (status_of(client->answer()) == 200) ++done;
  }
  CHECK(done == api::change_queue::capacity + 1);
  CHECK(f.ask("POST", "/api/v1/cameras/yard/start").status == 200);
}

TEST_CASE("a full queue of changes refuses more, and a failed change does not end it",
          "[api]") {
  std::promise<void> begun;
  std::promise<void> go_on;
  std::promise<void> last;
  std::size_t done = 0;
  api::change_queue queue;
  REQUIRE(queue.push([&] {
    begun.set_value();
    go_on.get_future().wait();
    throw std::runtime_error{"this one fails"};
  }));
  begun.get_future().wait();
  for (std::size_t i = 1; i < api::change_queue::capacity; ++i)
    REQUIRE(queue.push([&] { ++done; }));
  REQUIRE(queue.push([&] { last.set_value(); }));
  CHECK_FALSE(queue.push([] {}));
  go_on.set_value();
  last.get_future().wait();
  CHECK(done == api::change_queue::capacity - 1);
}
