#include "tests/apps/api_fixture.hpp"
#include "tests/delivery/camera_stage.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/jpeg_size.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace camherd;
using namespace camherd::testing;
using namespace std::chrono_literals;

namespace {

const std::string yard = "/api/v1/cameras/yard";
const std::string first_boundary = "--camherd-next-part\r\n";
const std::string part_end = "\r\n--camherd-next-part\r\n";

/// The API beside a frame server with the camera `yard`, whose pictures are 64x32.
struct pictures_fixture {
  std::unique_ptr<raw_client> ask(const std::string& path, const std::string& method = "GET") {
    auto client = std::make_unique<raw_client>(api->port());
    client->say(method + ' ' + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" +
                "Authorization: Bearer " + token + "\r\n\r\n");
    return client;
  }

  std::unique_ptr<raw_client> watch(const std::string& query = "") {
    return ask(yard + "/stream.mjpeg" + query);
  }

  /// A frame that was published `before` now.
  void publish(std::chrono::milliseconds before = 0ms) {
    stage.clock = std::chrono::steady_clock::now() - before;
    (void)stage.publish();
  }

  /// Begins a stream that has shown a picture which is too old for a snapshot.
  std::unique_ptr<raw_client> watch_old_picture() {
    auto viewer = watch();
    await_consumers(1);
    publish(200ms);
    (void)viewer->until(first_boundary);
    (void)viewer->until(part_end);
    return viewer;
  }

  std::uint64_t count(const std::string& what) {
    return api->ask("GET", "/api/v1/node").body["pictures"][what].get<std::uint64_t>();
  }

  void await(const std::string& what, std::uint64_t number) {
    camera_stage::eventually([&] { return count(what) == number; });
  }

  /// Until so many connections of the API may have frames.
  void await_consumers(std::size_t number) {
    camera_stage::eventually([&] { return stage.outlet->counts().consumers == number; });
  }

  camera_stage stage{{}, 200};
  std::unique_ptr<api_fixture> api =
      std::make_unique<api_fixture>(std::string{stage.folder / "run"});
};

std::string header_of(const std::string& answer, const std::string& name) {
  const auto at = answer.find("\r\n" + name + ": ");
  if (at == std::string::npos) return "";
  const auto begin = at + name.size() + 4;
  return answer.substr(begin, answer.find("\r\n", begin) - begin);
}

std::string body_of(const std::string& answer) {
  return answer.substr(answer.find("\r\n\r\n") + 4);
}

std::string detail_of(const std::string& answer) {
  return json::parse(body_of(answer)).value("detail", "");
}

// The next picture of a stream whose head has been read.
std::string part(raw_client& stream) {
  const auto text = stream.until(part_end);
  CHECK(text.starts_with("Content-Type: image/jpeg\r\nContent-Length: "));
  const auto content = body_of(text);
  return content.substr(0, content.size() - std::min(content.size(), part_end.size()));
}

std::string head(raw_client& stream) {
  return stream.until(first_boundary);
}

}  // namespace

TEST_CASE("a snapshot is the next frame of its camera, in the size that was asked for",
          "[api][pictures]") {
  pictures_fixture f;
  const auto client = f.ask(yard + "/snapshot.jpg?width=32&quality=50&cache=1");
  f.await_consumers(1);
  f.publish();
  const auto answer = client->rest();
  CHECK(status_of(answer) == 200);
  CHECK(header_of(answer, "Content-Type") == "image/jpeg");
  CHECK(header_of(answer, "X-Camherd-Sequence") == "0");
  CHECK_FALSE(header_of(answer, "X-Camherd-Age-Ms").empty());
  CHECK(header_of(answer, "Cache-Control") == "no-store");
  CHECK(jpeg_size(body_of(answer)) == std::pair{32, 16});
  f.await_consumers(0);
}

TEST_CASE("a snapshot says when the camera captured it, where the camera does",
          "[api][pictures]") {
  pictures_fixture f;
  const auto client = f.ask(yard + "/snapshot.jpg");
  f.await_consumers(1);
  f.stage.clock = std::chrono::steady_clock::now();
  f.stage.publish({.captured_at = wall_time{1700000000123ms}});
  CHECK(header_of(client->rest(), "X-Camherd-Captured-At") == "2023-11-14T22:13:20.123Z");
}

TEST_CASE("a snapshot is no frame that was published long before it was asked for",
          "[api][pictures]") {
  pictures_fixture f;
  f.publish(200ms);
  const auto client = f.ask(yard + "/snapshot.jpg");
  // The server offers newcomers what it has.
  camera_stage::eventually([&] { return f.stage.outlet->counts().delivered == 1; });
  f.publish();
  CHECK(header_of(client->rest(), "X-Camherd-Sequence") == "1");
  CHECK(f.count("encoded") == 1);
}

TEST_CASE("clients that ask for a snapshot together get the same, encoded once",
          "[api][pictures]") {
  pictures_fixture f;
  std::vector<std::unique_ptr<raw_client>> clients;
  for (int i = 0; i < 8; ++i) clients.push_back(f.ask(yard + "/snapshot.jpg"));
  f.await("viewers", 8);
  f.await_consumers(1);
  f.publish();
  const auto first = body_of(clients.front()->rest());
  CHECK(jpeg_size(first) == std::pair{64, 32});
  for (std::size_t i = 1; i < clients.size(); ++i) CHECK(body_of(clients[i]->rest()) == first);
  CHECK(f.count("encoded") == 1);
  CHECK(f.count("viewers") == 0);
}

TEST_CASE("a snapshot of a camera that is being watched waits for nothing", "[api][pictures]") {
  pictures_fixture f;
  const auto viewer = f.watch();
  f.await_consumers(1);
  f.publish(-10s);  // fresh for as long as the test may take
  (void)head(*viewer);
  const auto shown = part(*viewer);
  CHECK(body_of(f.ask(yard + "/snapshot.jpg")->rest()) == shown);
  CHECK(f.count("encoded") == 1);
}

TEST_CASE("all viewers of a stream share a connection and one encoding of each frame",
          "[api][pictures]") {
  pictures_fixture f;
  std::vector<std::unique_ptr<raw_client>> viewers;
  for (int i = 0; i < 10; ++i) viewers.push_back(f.watch("?width=48&height=24"));
  f.await("viewers", 10);
  f.await_consumers(1);
  for (int frames = 1; frames <= 3; ++frames) {
    f.publish();
    std::vector<std::string> shown;
    for (const auto& viewer : viewers) {
      if (frames == 1) {
        const auto begin = head(*viewer);
        CHECK(status_of(begin) == 200);
        CHECK(header_of(begin, "Content-Type") ==
              "multipart/x-mixed-replace; boundary=camherd-next-part");
      }
      shown.push_back(part(*viewer));
    }
    CHECK(jpeg_size(shown.front()) == std::pair{48, 24});
    CHECK(std::count(shown.begin(), shown.end(), shown.front()) == 10);
    CHECK(f.count("encoded") == static_cast<std::uint64_t>(frames));
  }
  CHECK(f.count("connections") == 1);
  CHECK(f.stage.outlet->counts().converted == 3);
}

TEST_CASE("viewers at different rates share what they see at the same time",
          "[api][pictures]") {
  pictures_fixture f;
  const auto fast = f.watch();
  const auto slow = f.watch("?fps=0.1");
  f.await_consumers(2);
  f.publish();
  for (const auto* viewer : {&fast, &slow}) {
    (void)head(**viewer);
    CHECK_FALSE(part(**viewer).empty());
  }
  CHECK(f.count("encoded") == 1);
  f.publish();
  (void)part(*fast);
  CHECK(f.count("encoded") == 2);
  CHECK(f.stage.outlet->counts().delivered == 3);
}

TEST_CASE("nothing is encoded nor even asked for when nobody looks", "[api][pictures]") {
  pictures_fixture f;
  f.publish();
  CHECK(f.stage.outlet->counts().consumers == 0);
  auto viewer = f.watch();
  f.await_consumers(1);
  f.publish();
  (void)head(*viewer);
  (void)part(*viewer);
  viewer.reset();
  f.await_consumers(0);
  f.await("viewers", 0);
  const auto before = f.count("encoded");
  f.publish();
  CHECK(f.count("encoded") == before);
  CHECK(f.count("connections") == 0);
}

TEST_CASE("a viewer who comes later sees the newest picture at once", "[api][pictures]") {
  pictures_fixture f;
  const auto first = f.watch();
  f.await_consumers(1);
  f.stage.outlet->state_changed(camera_state::streaming, "");
  f.publish();
  (void)head(*first);
  const auto shown = part(*first);
  const auto second = f.watch();
  (void)head(*second);
  CHECK(part(*second) == shown);
}

TEST_CASE("a viewer who does not read holds up nobody", "[api][pictures]") {
  pictures_fixture f;
  const auto size = std::string{"?width=1280&height=720&quality=100"};
  const auto stuck = f.watch(size);
  stuck->shrink_buffer();
  const auto viewer = f.watch(size);
  f.await("viewers", 2);
  f.await_consumers(1);
  for (int i = 0; i < 400; ++i) {
    f.publish();
    if (i == 0) (void)head(*viewer);
    CHECK(jpeg_size(part(*viewer)) == std::pair{1280, 720});
  }
  CHECK(f.count("encoded") == 400);
}

TEST_CASE("a stream goes on when its camera comes back, and ends when it is stopped",
          "[api][pictures]") {
  pictures_fixture f;
  const auto viewer = f.watch();
  f.await_consumers(1);
  f.stage.outlet->state_changed(camera_state::streaming, "");
  f.publish();
  (void)head(*viewer);
  (void)part(*viewer);
  f.stage.outlet->state_changed(camera_state::failed, "connection refused");
  f.stage.outlet->state_changed(camera_state::backoff, "connection refused");
  f.stage.outlet->state_changed(camera_state::streaming, "");
  f.publish();
  CHECK_FALSE(part(*viewer).empty());
  REQUIRE_FALSE(f.api->herd().set_started("yard", false));
  f.stage.outlet->state_changed(camera_state::stopped, "stopped by an operator");
  CHECK(viewer->rest().empty());
  f.await_consumers(0);
}

TEST_CASE("a stream ends and a snapshot is refused when the camera is removed",
          "[api][pictures]") {
  pictures_fixture f;
  const auto viewer = f.watch_old_picture();
  const auto waiting = f.ask(yard + "/snapshot.jpg?width=32");
  f.await_consumers(2);
  REQUIRE_FALSE(f.api->herd().reload(file_with({})));
  f.stage.outlet->close("removed from the configuration");
  CHECK(viewer->rest().empty());
  const auto refused = waiting->rest();
  CHECK(status_of(refused) == 409);
  CHECK(detail_of(refused) == "camera yard does not run");
}

TEST_CASE("pictures of cameras that cannot have any are refused", "[api][pictures]") {
  pictures_fixture f;
  for (const std::string what : {"/snapshot.jpg", "/stream.mjpeg"}) {
    CHECK(f.api->ask("GET", "/api/v1/cameras/nobody" + what).status == 404);
    CHECK(f.api->ask("GET", "/api/v1/cameras/off" + what).status == 409);
    CHECK(f.api->ask_anybody("GET", yard + what).status == 401);
    CHECK(f.api->ask("POST", yard + what).status == 405);
  }
}

TEST_CASE("a wrong form of pictures is refused by its key", "[api][pictures]") {
  pictures_fixture f;
  const auto query = GENERATE(as<std::string>{}, "fps=0", "fps=61", "fps=nan", "fps=5x",
                              "width=0", "width=8193", "width=-1", "height=", "height=1e3",
                              "quality=0", "quality=101", "quality=high");
  const auto key = query.substr(0, query.find('='));
  const auto refused = f.api->ask("GET", yard + "/stream.mjpeg?" + query);
  CHECK(refused.status == 422);
  CHECK(refused.detail().starts_with(key + " must be "));
}

TEST_CASE("pictures much larger than the camera's are refused in its words",
          "[api][pictures]") {
  pictures_fixture f;
  const auto what = GENERATE(as<std::string>{}, "/snapshot.jpg", "/stream.mjpeg");
  const auto client = f.ask(yard + what + "?width=8000&height=8000");
  f.await_consumers(1);
  f.publish();
  const auto refused = client->rest();
  CHECK(status_of(refused) == 422);
  CHECK(detail_of(refused).find("8000x8000 would be more than four times") !=
        std::string::npos);
}

TEST_CASE("HEAD begins no stream", "[api][pictures]") {
  pictures_fixture f;
  const auto answer = f.ask(yard + "/stream.mjpeg", "HEAD")->rest();
  CHECK(status_of(answer) == 200);
  CHECK(header_of(answer, "Content-Type").starts_with("multipart/x-mixed-replace"));
  CHECK(f.count("connections") == 0);
}

TEST_CASE("there are so many different streams at most", "[api][pictures]") {
  pictures_fixture f;
  std::vector<std::unique_ptr<raw_client>> viewers;
  for (int i = 1; i <= 64; ++i) viewers.push_back(f.watch("?width=" + std::to_string(i)));
  f.await("connections", 64);
  const auto refused = f.ask(yard + "/snapshot.jpg?width=100")->rest();
  CHECK(status_of(refused) == 503);
  CHECK(header_of(refused, "Retry-After") == "2");
  viewers.push_back(f.watch("?width=64"));  // one that there is already
  f.await("viewers", 65);
  viewers.front().reset();
  f.await("connections", 63);
}

TEST_CASE("viewers are sent away when the API ends", "[api][pictures]") {
  pictures_fixture f;
  const auto viewer = f.watch_old_picture();
  const auto waiting = f.ask(yard + "/snapshot.jpg?width=32");
  f.await_consumers(2);
  f.api = nullptr;
  CHECK(viewer->rest().empty());
  CHECK(status_of(waiting->rest()) == 503);
  f.await_consumers(0);
}
