#include "tests/delivery/served_consumer.hpp"

#include <filesystem>
#include <fstream>
#include <poll.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace camherd;
using namespace camherd::testing;
using namespace std::chrono_literals;
using consumer::camera_state;

TEST_CASE("a consumer asks for what its options say", "[delivery][consumer]") {
  consumer::options wanted;
  wanted.format = consumer::pixel_format::bgr24;
  wanted.fit = consumer::fit::letterbox;
  wanted.pictures = consumer::pictures::references;
  wanted.width = 640;
  wanted.height = 480;
  wanted.max_fps = 2.5;
  wanted.queue = 3;
  wanted.leases = 2;
  served s{wanted};
  const auto connection = s.connect();
  const auto& hello = *s.hello;
  CHECK(hello.magic == lease::magic);
  CHECK(hello.head.size == sizeof(lease::hello));
  CHECK(hello.format == 14);
  CHECK(hello.fit == 1);
  CHECK(hello.pictures == lease::pictures::references);
  CHECK(hello.delivery == lease::delivery::queue);
  CHECK(hello.queue_depth == 3);
  CHECK(hello.leases == 2);
  CHECK(hello.width == 640);
  CHECK(hello.height == 480);
  CHECK(hello.max_rate == 2500);
}

TEST_CASE("the state of the camera and its reason are told", "[delivery][consumer]") {
  served s;
  CHECK(s.reader.state() == camera_state::removed);
  const auto connection = s.connect();
  connection->welcome();
  connection->state(6, "connection refused\x1b[2J");
  s.until([&] { return s.reader.state() == camera_state::backoff; });
  CHECK(s.reader.problem() == "connection refused?[2J");
  connection->state(3);
  s.until([&] { return s.reader.state() == camera_state::streaming; });
  CHECK(s.reader.problem().empty());
  CHECK(to_string(s.reader.state()) == "streaming");
}

TEST_CASE("a daemon that is not there is told in words and found when it comes",
          "[delivery][consumer]") {
  served s;
  s.daemon.vanish();
  CHECK_FALSE(s.poll());
  CHECK(s.reader.state() == camera_state::removed);
  CHECK(s.reader.problem() ==
        "no camherd serves 'yard' in " + s.daemon.runtime_dir() + ": no such file");
  s.daemon.listen();
  auto connection = s.begin();
  connection->frame(yuv_frame(1, 1));
  auto old = s.reader.next(patience);
  REQUIRE(old);

  // It ends and comes back: a new connection, while the old frame stays readable.
  s.memory.bytes()[0] = 42;
  connection.reset();
  s.daemon.vanish();
  s.until([&] { return s.reader.state() == camera_state::removed; });
  s.daemon.listen();
  const auto again = s.begin();
  again->frame(yuv_frame(1, 1));
  const auto fresh = s.reader.next(patience);
  REQUIRE(fresh);
  CHECK(*old->plane(0).data == 42);
  old.reset();
  CHECK_FALSE(again->released());
}

TEST_CASE("a socket that nobody listens to is told in words", "[delivery][consumer]") {
  served s;
  s.daemon.vanish();
  s.daemon.listen();
  std::filesystem::rename(s.daemon.socket_path(), s.daemon.socket_path() + ".kept");
  s.daemon.vanish();
  std::filesystem::rename(s.daemon.socket_path() + ".kept", s.daemon.socket_path());
  CHECK_FALSE(s.poll());
  CHECK(contains(s.reader.problem(), "nobody listens"));
}

TEST_CASE("a socket without permission is told in words", "[delivery][consumer]") {
  served s;
  std::filesystem::permissions(s.daemon.socket_path(), std::filesystem::perms::none);
  // Root may connect to everything, hence as nobody.
  const auto user = ::geteuid();
  if (user == 0) REQUIRE(::seteuid(65534) == 0);
  (void)s.poll();
  const auto problem = s.reader.problem();
  if (user == 0) REQUIRE(::seteuid(0) == 0);
  CHECK(contains(problem, "no permission for the socket of 'yard'"));
}

TEST_CASE("a consumer tries again no more often than its backoff says",
          "[delivery][consumer]") {
  served s;
  // Each connection ends at once.
  const auto start = std::chrono::steady_clock::now();
  std::vector<std::chrono::nanoseconds> tries;
  s.until([&] {
    if (s.daemon.accept()) tries.emplace_back(std::chrono::steady_clock::now() - start);
    return tries.size() == 4;
  });
  CHECK(tries[1] >= 50ms);
  CHECK(tries[2] >= 50ms + 100ms);
  CHECK(tries[3] >= 50ms + 100ms + 200ms);
}

TEST_CASE("what can never be granted is refused without asking the camera",
          "[delivery][consumer]") {
  const auto refused = [](std::string name, consumer::options wanted) {
    consumer::camera camera{std::move(name), std::move(wanted)};
    CHECK_FALSE(camera.next(patience));
    CHECK(camera.refused());
    return camera.problem();
  };
  consumer::options wanted;
  CHECK(contains(refused("../yard", wanted), "'../yard' is no camera name"));
  wanted.format = consumer::pixel_format::yuv444p;
  CHECK(contains(refused("yard", wanted), "yuv444p"));
  wanted = {};
  wanted.width = 8193;
  CHECK(contains(refused("yard", wanted), "8192"));
  wanted = {};
  wanted.leases = 5;
  CHECK(contains(refused("yard", wanted), "leases must be from 1 to 4"));
  wanted = {};
  wanted.queue = 17;
  CHECK(contains(refused("yard", wanted), "queue must be from 0 to 16"));
  wanted = {};
  wanted.max_fps = -1;
  CHECK(contains(refused("yard", wanted), "max_fps"));
  wanted = {};
  wanted.runtime_dir = std::string(200, 'x');
  CHECK(contains(refused("yard", wanted), "too long"));
}

TEST_CASE("a camera's refusal is told in its words and decides whether to try again",
          "[delivery][consumer]") {
  SECTION("unsupported: never again") {
    served s;
    s.connect()->refuse(lease::refusal::unsupported, "no such format");
    s.until([&] { return s.reader.refused(); });
    CHECK(s.reader.problem() == "no such format");
    CHECK_FALSE(s.reader.next(patience));
  }
  SECTION("version: never again") {
    served s;
    s.connect()->refuse(lease::refusal::version, "version 2 is the oldest");
    s.until([&] { return s.reader.refused(); });
  }
  SECTION("busy: later") {
    served s;
    s.connect()->refuse(lease::refusal::busy, "32 of 32 leases are taken");
    s.until([&] { return !s.reader.problem().empty(); });
    CHECK(s.reader.problem() == "32 of 32 leases are taken");
    CHECK_FALSE(s.reader.refused());
    (void)s.begin();
  }
  SECTION("closed, after a welcome: later") {
    served s;
    const auto connection = s.begin();
    connection->refuse(lease::refusal::closed, "the camera was removed");
    s.ends_with(*connection, "the camera was removed");
  }
}

TEST_CASE("wake makes a waiting `next` return", "[delivery][consumer]") {
  served s;
  const auto connection = s.begin();
  std::thread other{[&] { s.reader.wake(); }};
  CHECK_FALSE(s.reader.next(std::chrono::hours{1}));
  other.join();
}

TEST_CASE("the descriptor is readable when there is something to do", "[delivery][consumer]") {
  served s;
  const auto connection = s.begin();
  s.until([&] { return s.reader.state() == camera_state::streaming; });
  (void)s.poll();
  pollfd wait{s.reader.descriptor(), POLLIN, 0};
  CHECK(::poll(&wait, 1, 0) == 0);
  connection->frame(yuv_frame(1, 1));
  CHECK(::poll(&wait, 1, 20'000) == 1);
  CHECK(s.poll());
  CHECK_FALSE(s.poll());
  CHECK(::poll(&wait, 1, 0) == 0);
  s.reader.wake();
  CHECK(::poll(&wait, 1, 0) == 1);
  CHECK_FALSE(s.poll());
  // A connection that ends is news, and so is the time to try again.
  s.daemon.vanish();
  const_cast<std::unique_ptr<fake_connection>&>(connection).reset();
  CHECK(::poll(&wait, 1, 20'000) == 1);
  CHECK_FALSE(s.poll());
  CHECK(::poll(&wait, 1, 20'000) == 1);
}

TEST_CASE("cameras are found by the sockets of a runtime directory", "[delivery][consumer]") {
  fake_camera daemon{"yard"};
  daemon.listen();
  for (const auto* other : {"b.sock", "a.sock", "not-a-socket", "Bad.sock", ".sock"})
    std::ofstream{daemon.runtime_dir() + "/cameras/" + other};
  CHECK(consumer::camera_names(daemon.runtime_dir()) ==
        std::vector<std::string>{"a", "b", "yard"});
  CHECK(consumer::camera_names(daemon.runtime_dir() + "/missing").empty());
}
