// Pictures over HTTP: what browsers see of a camera, out of the real program.
#include "tests/apps/http/raw_client.hpp"
#include "tests/e2e/herd_run.hpp"
#include "tests/e2e/simulator.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/jpeg_size.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <vector>

using namespace camherd;
using namespace camherd::testing;

namespace {

std::unique_ptr<raw_client> ask(std::uint16_t port, const std::string& path) {
  auto client = std::make_unique<raw_client>(port);
  client->say("GET " + path +
              " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer " +
              std::string{api_token} + "\r\n\r\n");
  return client;
}

std::string body_of(const std::string& answer) {
  return answer.substr(answer.find("\r\n\r\n") + 4);
}

nlohmann::json pictures_of(std::uint16_t port) {
  const auto node = body_of(ask(port, "/api/v1/node")->rest());
  return nlohmann::json::parse(node, nullptr, false)["pictures"];
}

}  // namespace

TEST_CASE("a snapshot of a camera that nobody watches is its picture", "[e2e][pictures]") {
  simulator sim{1, small_scene()};
  herd_run run{"  cam0: " + sim.url(0) + "\n"};
  REQUIRE(run.logs("cam0", "streaming"));
  const auto port = run.http_port();
  const auto whole = ask(port, "/api/v1/cameras/cam0/snapshot.jpg")->rest();
  const auto small = ask(port, "/api/v1/cameras/cam0/snapshot.jpg?height=60")->rest();
  (void)run.stop(SIGTERM);

  CHECK(status_of(whole) == 200);
  CHECK(jpeg_size(body_of(whole)) == std::pair{320, 240});
  CHECK(jpeg_size(body_of(small)) == std::pair{80, 60});
}

TEST_CASE("viewers of a camera see the same pictures, and the stream ends with it",
          "[e2e][pictures]") {
  simulator sim{1, small_scene()};
  herd_run run{"  cam0: " + sim.url(0) + "\n"};
  REQUIRE(run.logs("cam0", "streaming"));
  const auto port = run.http_port();
  const auto part_end = "\r\n--camherd-next-part\r\n";
  std::vector<std::unique_ptr<raw_client>> viewers;
  for (int i = 0; i < 2; ++i) {
    viewers.push_back(ask(port, "/api/v1/cameras/cam0/stream.mjpeg?fps=10&width=160"));
    (void)viewers.back()->until("--camherd-next-part\r\n");
  }
  for (int i = 0; i < 5; ++i) {
    for (const auto& viewer : viewers) {
      const auto part = viewer->until(part_end);
      CHECK(jpeg_size(body_of(part)) == std::pair{160, 120});
    }
  }
  const auto seen = pictures_of(port);
  run.reconfigure("  other: {url: 'rtsp://127.0.0.1:9/', enabled: false}\n");
  for (const auto& viewer : viewers) (void)viewer->rest();  // it ends
  const auto after = pictures_of(port);
  (void)run.stop(SIGTERM);

  INFO(run.log());
  CHECK(seen["viewers"] == 2);
  CHECK(seen["connections"] == 1);
  CHECK(after["viewers"] == 0);
  CHECK(after["connections"] == 0);
}

TEST_CASE("a snapshot of a camera that cannot be reached says its state after five seconds",
          "[e2e][pictures]") {
  herd_run run{"  gone: rtsp://127.0.0.1:1/\n"};
  REQUIRE(run.logs("gone", "failed"));
  const auto port = run.http_port();
  const auto begin = std::chrono::steady_clock::now();
  const auto answer = ask(port, "/api/v1/cameras/gone/snapshot.jpg")->rest();
  const auto took = std::chrono::steady_clock::now() - begin;
  (void)run.stop(SIGTERM);

  INFO(answer);
  CHECK(status_of(answer) == 503);
  CHECK(took >= std::chrono::seconds{5});
  CHECK(answer.find("no picture of gone within 5 s: ") != std::string::npos);
  CHECK(answer.find("refused") != std::string::npos);
}
