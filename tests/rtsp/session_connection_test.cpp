#include "core/base/unique_fd.hpp"
#include "tests/rtsp/session_fixture.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

using namespace camherd;
using namespace camherd::testing;
using namespace std::chrono_literals;
using rtsp::transport;

namespace {

/// A port of loopback that connects but never says anything, or that nothing listens on.
class mute_port {
 public:
  enum class kind : unsigned char { connects, refuses, full };

  explicit mute_port(kind which) : fd_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(fd_.get(), generic, size) == 0);
    REQUIRE(::getsockname(fd_.get(), generic, &size) == 0);
    if (which == kind::connects) REQUIRE(::listen(fd_.get(), 8) == 0);
    port_ = ntohs(address.sin_port);
    if (which != kind::full) return;
    // With its queue full, the kernel leaves every further connect without an answer.
    REQUIRE(::listen(fd_.get(), 0) == 0);
    for (int i = 0; i < 4; ++i) {
      const int type = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;
      waiting_.emplace_back(::socket(AF_INET, type, 0));
      ::connect(waiting_.back().get(), generic, size);
    }
  }

  [[nodiscard]] std::string url(const std::string& scheme,
                                const std::string& host = "127.0.0.1") const {
    return scheme + "://" + host + ":" + std::to_string(port_) + "/live";
  }

 private:
  unique_fd fd_;
  std::vector<unique_fd> waiting_;
  std::uint16_t port_ = 0;
};

script short_session() {
  script told;
  told.session_timeout = 1;
  return told;
}

}  // namespace

TEST_CASE("a port that nothing listens on is named in plain words", "[rtsp][connection]") {
  const mute_port port{mute_port::kind::refuses};
  const auto host = GENERATE("127.0.0.1", "localhost");
  viewer view{port.url("rtsp", host)};
  const auto reason = view.end();
  CHECK(reason.kind() == error_kind::retry);
  CHECK(contains(reason.message(), "connection refused"));
}

TEST_CASE("a host name that nobody knows is named in plain words", "[rtsp][connection]") {
  viewer view{"rtsp://no-such-camera.invalid/live"};
  const auto reason = view.end();
  CHECK(reason.kind() == error_kind::retry);
  CHECK(contains(reason.message(), "name lookup of \"no-such-camera.invalid\""));
}

TEST_CASE("an address without a route is named in plain words", "[rtsp][connection]") {
  // TCP has no broadcast, so the kernel refuses this address before any packet leaves.
  viewer view{"rtsp://255.255.255.255/live"};
  const auto reason = view.end();
  CHECK(reason.kind() == error_kind::retry);
  CHECK(contains(reason.message(), "connecting to 255.255.255.255:554: network unreachable"));
}

TEST_CASE("an address that is not RTSP is refused", "[rtsp][connection]") {
  viewer view{"http://user:s3cret@127.0.0.1/live"};
  const auto reason = view.end();
  CHECK(reason.kind() == error_kind::invalid_argument);
  CHECK_FALSE(contains(reason.message(), "s3cret"));
}

TEST_CASE("a host name is tried with all its addresses", "[rtsp][connection]") {
  // localhost is ::1 and 127.0.0.1 on most machines; the camera listens on one of them.
  scripted_camera camera;
  viewer view{"rtsp://localhost:" + std::to_string(camera.port()) + "/live"};
  camera.send(keyframe_unit(1));
  CHECK(view->wait_for_units(1));
}

TEST_CASE("a host that does not answer ends with the connect deadline", "[rtsp][connection]") {
  const mute_port port{mute_port::kind::full};
  rtsp::session_options options;
  options.connect_timeout = 200ms;
  viewer view{port.url("rtsp"), options};
  const auto reason = view.end();
  CHECK(reason.kind() == error_kind::retry);
  CHECK(contains(reason.message(), "no answer from 127.0.0.1:"));
  CHECK(contains(reason.message(), "within 200 ms"));
}

TEST_CASE("a TLS handshake without answer ends with the connect deadline",
          "[rtsp][connection]") {
  const mute_port port{mute_port::kind::connects};
  rtsp::session_options options;
  options.connect_timeout = 200ms;
  viewer view{port.url("rtsps"), options};
  const auto reason = view.end();
  CHECK(reason.kind() == error_kind::retry);
  CHECK(contains(reason.message(), "no answer to the TLS handshake within 200 ms"));
}

TEST_CASE("stop during the connect ends at once", "[rtsp][connection]") {
  const mute_port port{mute_port::kind::connects};
  rtsp::session_options options;
  options.connect_timeout = 60s;
  viewer view{port.url("rtsps"), options};
  CHECK(view.stop().kind() == error_kind::end_of_stream);
}

TEST_CASE("TLS where the camera speaks none is named", "[rtsp][connection]") {
  scripted_camera camera;
  viewer view{"rtsps://127.0.0.1:" + std::to_string(camera.port()) + "/live"};
  const auto reason = view.end();
  CHECK(reason.kind() == error_kind::unsupported);
  CHECK(contains(reason.message(), "does not speak TLS"));
}

TEST_CASE("a self-signed certificate is refused only if verification is asked for",
          "[rtsp][connection]") {
  script told;
  told.tls = true;
  scripted_camera camera{told};
  rtsp::session_options options;
  options.verify_certificate = true;
  viewer view{"rtsps://localhost:" + std::to_string(camera.port()) + "/live", options};
  const auto reason = view.end();
  CHECK(reason.kind() == error_kind::unsupported);
  CHECK(contains(reason.message(), "certificate is refused: self"));
}

TEST_CASE("the keepalive is GET_PARAMETER where the camera lists it, else OPTIONS",
          "[rtsp][keepalive]") {
  auto told = short_session();
  std::string expected = "GET_PARAMETER";
  SECTION("listed") {}
  SECTION("OPTIONS refused, so nothing is known") {
    told.on["OPTIONS"] = {refuse(405, "No")};
  }
  SECTION("not listed") {
    told.methods = "OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN";
    expected = "OPTIONS";
  }
  scripted_camera camera{told};
  viewer view{camera.url()};
  REQUIRE(camera.wait_for("PLAY"));
  REQUIRE(camera.wait_for(expected, 2));
  const auto seen = camera.requests(expected).back();
  CHECK(seen.header("session") == "5C21DEC0DE");
}

TEST_CASE("a camera that refuses GET_PARAMETER gets OPTIONS from then on",
          "[rtsp][keepalive]") {
  auto told = short_session();
  told.on["GET_PARAMETER"] = {refuse(GENERATE(400, 405, 501), "No")};
  scripted_camera camera{told};
  viewer view{camera.url()};
  REQUIRE(camera.wait_for("OPTIONS", 4));
  CHECK(camera.requests("GET_PARAMETER").size() == 1);
}

TEST_CASE("keepalives come at a third of a short timeout, never early", "[rtsp][keepalive]") {
  scripted_camera camera{short_session()};
  viewer view{camera.url()};
  REQUIRE(camera.wait_for("GET_PARAMETER", 3));
  const auto play = camera.requests("PLAY")[0].at;
  const auto seen = camera.requests("GET_PARAMETER");
  // Never early, so that no camera is flooded; lateness is the machine's.
  for (int i = 0; i < 3; ++i)
    CHECK(seen[static_cast<std::size_t>(i)].at - play >= (i + 1) * 333ms);
}

TEST_CASE("keepalives without answer are no reason to end", "[rtsp][keepalive]") {
  auto told = short_session();
  told.on["GET_PARAMETER"] = {{reaction::act::silence, 200, "", {}}};
  scripted_camera camera{told};
  rtsp::session_options options;
  options.response_timeout = 1s;
  viewer view{camera.url(), options};
  REQUIRE(camera.wait_for("GET_PARAMETER", 5));
  camera.send(keyframe_unit(1));
  CHECK(view->wait_for_units(1));
  CHECK(view.stop().kind() == error_kind::end_of_stream);
}

TEST_CASE("a camera that has forgotten the session is tried anew", "[rtsp][keepalive]") {
  auto told = short_session();
  told.on["GET_PARAMETER"] = {refuse(454, "Session Not Found")};
  scripted_camera camera{told};
  viewer view{camera.url()};
  const auto reason = view.end();
  CHECK(reason.kind() == error_kind::retry);
  CHECK(contains(reason.message(), "GET_PARAMETER: 454"));
}

TEST_CASE("requests of the camera are answered", "[rtsp][connection]") {
  const auto [method, status] =
      GENERATE(table<std::string, std::string>({{"OPTIONS", "200"},
                                                {"GET_PARAMETER", "200"},
                                                {"SET_PARAMETER", "200"},
                                                {"ANNOUNCE", "200"},
                                                {"PLAY_NOTIFY", "501"}}));
  scripted_camera camera;
  viewer view{camera.url()};
  camera.ask_client(method);
  REQUIRE(camera.wait_until([&] { return camera.answers().size() == 1; }));
  const auto answer = camera.answers()[0];
  CHECK(contains(answer, "RTSP/1.0 " + status + " "));
  CHECK(contains(answer, "CSeq: 1001\r\n"));
  camera.send(keyframe_unit(1));
  CHECK(view->wait_for_units(1));
}

TEST_CASE("a camera may end the session or send it away", "[rtsp][connection]") {
  scripted_camera camera;
  viewer view{camera.url()};
  SECTION("TEARDOWN") {
    camera.ask_client("TEARDOWN");
    CHECK(view.end().kind() == error_kind::end_of_stream);
    CHECK(camera.requests("TEARDOWN").empty());
  }
  SECTION("REDIRECT") {
    camera.ask_client("REDIRECT");
    CHECK(view.end().kind() == error_kind::retry);
  }
  CHECK(camera.wait_until([&] { return !camera.answers().empty(); }));
}

TEST_CASE("a camera that asks and never reads our answers is given up", "[rtsp][connection]") {
  scripted_camera camera;
  viewer view{camera.url()};
  std::string flood;
  for (int i = 0; i < 400000; ++i) flood += "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n";
  camera.stop_reading();
  camera.send_bytes(flood);
  const auto reason = view.end();
  CHECK(reason.kind() == error_kind::retry);
  CHECK(contains(reason.message(), "does not read"));
}
