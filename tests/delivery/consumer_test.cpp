#include "core/delivery/include/camherd/consumer.hpp"

#include "tests/delivery/fake_camera.hpp"
#include "tests/support/catch.hpp"

#include <sys/mman.h>
#include <sys/resource.h>

#include <atomic>
#include <fcntl.h>
#include <fstream>
#include <functional>
#include <poll.h>
#include <thread>

using namespace camherd;
using namespace camherd::testing;
using namespace std::chrono_literals;

namespace {

namespace consumer = camherd::consumer;
using consumer::camera_state;

constexpr auto patience = 20s;  // against hanging

segment make_segment(std::size_t size = 65536) {
  auto made = segment::create(size);
  REQUIRE(made);
  return *std::move(made);
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// How often a memfd segment is mapped into this process.
std::size_t mapped_segments() {
  std::ifstream maps{"/proc/self/maps"};
  std::size_t count = 0;
  for (std::string line; std::getline(maps, line);) {
    if (contains(line, "camherd-segment") && contains(line, "r--s")) ++count;
  }
  return count;
}

/// A camera and its fake other side.
struct served {
  explicit served(consumer::options wanted = {}) : reader{"yard", placed(std::move(wanted))} {
    daemon.listen();
  }

  consumer::options placed(consumer::options wanted) const {
    wanted.runtime_dir = daemon.runtime_dir();
    return wanted;
  }

  std::optional<consumer::frame> poll() { return reader.next(0ns); }

  // Lets the reader connect, and reads its hello.
  std::unique_ptr<fake_connection> connect() {
    std::unique_ptr<fake_connection> made;
    until([&] { return (made = daemon.accept()) != nullptr; });
    hello = made->hello();
    REQUIRE(hello);
    return made;
  }

  // Also grants the request and shares a segment with the number 1.
  std::unique_ptr<fake_connection> begin(std::uint8_t leases = 1) {
    auto made = connect();
    made->welcome(leases);
    made->state(3);
    made->segment(1, memory);
    return made;
  }

  // Calls `next` until `true_now`; what it gives is thrown away.
  void until(const std::function<bool()>& true_now) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!true_now()) {
      REQUIRE(std::chrono::steady_clock::now() < end);
      (void)reader.next(5ms);
    }
  }

  // The connection ends with a problem that contains `words`.
  void ends_with(fake_connection& connection, std::string_view words) {
    until([&] { return connection.is_closed(); });
    INFO(reader.problem());
    CHECK(contains(reader.problem(), words));
    CHECK(reader.state() == camera_state::removed);
    CHECK_FALSE(reader.refused());
  }

  fake_camera daemon;
  segment memory = make_segment();
  consumer::camera reader;
  std::optional<lease::hello> hello;
};

}  // namespace

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

TEST_CASE("a frame shows the bytes of the segment and all that is known of it",
          "[delivery][consumer]") {
  served s;
  const auto connection = s.begin();
  auto message = yuv_frame(7, 1, 64, 48, 4096);
  message.flags = lease::flag_keyframe | lease::flag_corrupt | lease::flag_after_gap |
                  lease::flag_full_range;
  message.matrix = 1;
  message.source_width = 1280;
  message.source_height = 720;
  message.content_x = 2;
  message.content_width = 60;
  message.generation = 4;
  message.sequence = 11;
  message.unit_sequence = 12;
  message.rtp_time = -5;
  message.captured_at = 1'700'000'000'000'000'000;
  message.received_at = 1000;
  message.decoded_at = 2000;
  message.published_at = 3000;
  message.dropped_before = 13;
  message.missed_before = 14;
  s.memory.bytes()[4096] = 42;
  s.memory.bytes()[4096 + 64 * 48] = 43;
  connection->frame(message);

  const auto frame = s.reader.next(patience);
  REQUIRE(frame);
  CHECK(frame->format() == consumer::pixel_format::yuv420p);
  CHECK(frame->width() == 64);
  CHECK(frame->height() == 48);
  CHECK(frame->source_width() == 1280);
  CHECK(frame->source_height() == 720);
  CHECK(frame->content().x == 2);
  CHECK(frame->content().width == 60);
  REQUIRE(frame->plane_count() == 3);
  CHECK(*frame->plane(0).data == 42);
  CHECK(frame->plane(0).stride == 64);
  CHECK(frame->plane(0).rows == 48);
  CHECK(*frame->plane(1).data == 43);
  CHECK(frame->plane(1).row_bytes == 32);
  const auto& info = frame->info();
  CHECK(info.sequence == 11);
  CHECK(info.unit_sequence == 12);
  CHECK(info.generation == 4);
  CHECK(info.rtp_time == -5);
  CHECK(info.clock_rate == 90000);
  CHECK(info.captured_at.time_since_epoch() == 1'700'000'000s);
  CHECK(info.received_at.time_since_epoch() == 1us);
  CHECK(info.decoded_at.time_since_epoch() == 2us);
  CHECK(info.published_at.time_since_epoch() == 3us);
  CHECK(info.dropped_before == 13);
  CHECK(info.missed_before == 14);
  CHECK(info.keyframe);
  CHECK(info.corrupt);
  CHECK(info.after_gap);
  CHECK(info.full_range);
  CHECK(info.matrix == consumer::colour_matrix::bt709);
  CHECK(frame->age() > 1ms);
  // It is the camera's memory, no copy.
  s.memory.bytes()[4096] = 44;
  CHECK(*frame->plane(0).data == 44);
}

TEST_CASE("without a queue a lease goes back when the next frame is asked for",
          "[delivery][consumer]") {
  served s;
  const auto connection = s.begin();
  connection->frame(yuv_frame(1, 1));
  auto frame = s.reader.next(patience);
  REQUIRE(frame);
  frame.reset();
  CHECK_FALSE(connection->released());
  CHECK_FALSE(s.poll());
  CHECK(connection->released() == 1U);
  // Asked once: not again before there was an answer.
  CHECK_FALSE(s.poll());
  CHECK_FALSE(connection->released());
}

TEST_CASE("with a queue a lease goes back with its frame", "[delivery][consumer]") {
  consumer::options wanted;
  wanted.queue = 4;
  wanted.leases = 2;
  served s{wanted};
  const auto connection = s.begin(2);
  connection->frame(yuv_frame(1, 1));
  connection->frame(yuv_frame(2, 1));
  auto first = s.reader.next(patience);
  auto second = s.reader.next(patience);
  REQUIRE(first);
  REQUIRE(second);
  CHECK(first->info().sequence == 1);
  CHECK(second->info().sequence == 2);
  second.reset();
  CHECK(connection->released() == 2U);
  first.reset();
  CHECK(connection->released() == 1U);
}

TEST_CASE("without a queue the newest of several frames is taken and the others go back",
          "[delivery][consumer]") {
  consumer::options wanted;
  wanted.leases = 3;
  served s{wanted};
  const auto connection = s.begin(3);
  for (const auto lease : {1U, 2U, 3U}) connection->frame(yuv_frame(lease, 1));
  auto frame = s.reader.next(patience);
  REQUIRE(frame);
  CHECK(frame->info().sequence == 3);
  CHECK_FALSE(connection->released());
  // With two leases over, one is enough to ask.
  CHECK_FALSE(s.poll());
  CHECK(connection->released() == 1U);
  CHECK_FALSE(connection->released());
}

TEST_CASE("a frame that nobody asked for and that may be old is not taken for new",
          "[delivery][consumer]") {
  consumer::options wanted;
  wanted.leases = 2;
  served s{wanted};
  const auto connection = s.begin(2);
  connection->frame(yuv_frame(1, 1));
  REQUIRE(s.reader.next(patience));
  // The camera still had a lease. Now it has none, and frames after this one wait there.
  connection->frame(yuv_frame(2, 1));
  CHECK_FALSE(s.poll());
  CHECK(connection->released() == 1U);
  connection->frame(yuv_frame(5, 1));
  const auto fresh = s.poll();
  REQUIRE(fresh);
  CHECK(fresh->info().sequence == 5);
}

TEST_CASE("while every lease is held `next` says so", "[delivery][consumer]") {
  served s;
  const auto connection = s.begin();
  connection->frame(yuv_frame(1, 1));
  auto held = s.reader.next(patience);
  REQUIRE(held);
  CHECK_FALSE(s.reader.next(1ms));
  CHECK(contains(s.reader.problem(), "every lease is held"));
  held.reset();
  CHECK_FALSE(s.poll());
  CHECK(s.reader.problem().empty());
}

TEST_CASE("a frame destroyed on another thread makes room for the one that is waited for",
          "[delivery][consumer]") {
  served s;
  const auto connection = s.begin();
  connection->frame(yuv_frame(1, 1));
  auto held = s.reader.next(patience);
  REQUIRE(held);
  CHECK_FALSE(s.poll());  // asks
  std::thread worker{[frame = std::move(*held)] {}};
  held.reset();
  worker.join();
  CHECK(connection->released() == 1U);
}

TEST_CASE("frames are read on one thread and destroyed on others without a lease lost",
          "[delivery][consumer]") {
  consumer::options wanted;
  wanted.leases = 4;
  wanted.queue = 16;
  served s{wanted};
  const auto connection = s.begin(4);
  std::uint64_t lease = 0;
  for (int round = 0; round < 200; ++round) {
    std::vector<std::thread> workers;
    for (int i = 0; i < 4; ++i) connection->frame(yuv_frame(++lease, 1));
    for (int i = 0; i < 4; ++i) {
      auto frame = s.reader.next(patience);
      REQUIRE(frame);
      workers.emplace_back([held = std::move(*frame)] {});
    }
    for (auto& worker : workers) worker.join();
    for (int i = 0; i < 4; ++i) REQUIRE(connection->released());
  }
}

TEST_CASE("a frame outlives its camera, its connection and its segment",
          "[delivery][consumer]") {
  std::optional<consumer::frame> frame;
  std::unique_ptr<fake_connection> connection;
  {
    served s;
    connection = s.begin();
    s.memory.bytes()[0] = 42;
    connection->frame(yuv_frame(1, 1));
    frame = s.reader.next(patience);
    REQUIRE(frame);
    connection->retire(1);
    (void)s.poll();
  }
  // The slot is only safe while the connection stands.
  CHECK_FALSE(connection->is_closed());
  CHECK(*frame->plane(0).data == 42);
  CHECK(mapped_segments() == 1);
  frame.reset();
  CHECK(connection->is_closed());
  CHECK(mapped_segments() == 0);
}

TEST_CASE("a frame says whether its pixels are still those of the lease",
          "[delivery][consumer]") {
  served s;
  auto connection = s.begin();
  connection->frame(yuv_frame(1, 1));
  const auto frame = s.reader.next(patience);
  REQUIRE(frame);
  CHECK(frame->intact());
  connection->state(3);
  CHECK(frame->intact());
  connection.reset();
  CHECK_FALSE(frame->intact());
  CHECK(*frame->plane(0).data == 0);
}

TEST_CASE("segments are unmapped when they are retired and no frame is left in them",
          "[delivery][consumer]") {
  consumer::options wanted;
  wanted.queue = 1;
  wanted.leases = 2;
  served s{wanted};
  const auto connection = s.begin(2);
  const auto second = make_segment();
  connection->frame(yuv_frame(1, 1));
  auto old = s.reader.next(patience);
  REQUIRE(old);
  connection->segment(2, second);
  connection->retire(1);
  connection->frame(yuv_frame(2, 2));
  REQUIRE(s.reader.next(patience));
  CHECK(mapped_segments() == 2);
  old.reset();
  CHECK(mapped_segments() == 1);
  connection->frame(yuv_frame(3, 1));
  s.ends_with(*connection, "unknown segment");
  CHECK(mapped_segments() == 0);
}

TEST_CASE("a consumer's descriptors of segments are closed once mapped",
          "[delivery][consumer]") {
  served s;
  const auto connection = s.begin();
  s.until([&] { return mapped_segments() == 1; });
  const int before = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::close(before);
  for (std::uint32_t id = 2; id < 20; ++id) connection->segment(id, s.memory);
  s.until([&] { return mapped_segments() == 19; });
  const int after = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::close(after);
  CHECK(after == before);
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
  if (::geteuid() == 0) {
    WARN("root may connect to everything");
    return;
  }
  served s;
  std::filesystem::permissions(s.daemon.socket_path(), std::filesystem::perms::none);
  CHECK_FALSE(s.poll());
  CHECK(contains(s.reader.problem(), "no permission"));
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

TEST_CASE("messages of types to come are passed over", "[delivery][consumer]") {
  served s;
  const auto connection = s.begin();
  struct {
    lease::header head{static_cast<lease::message_type>(99), 24};
    std::uint64_t more[2] = {};
  } news;
  connection->send(news);
  struct {
    lease::frame known;
    std::uint64_t more[4] = {};
  } longer{yuv_frame(1, 1), {}};
  longer.known.head.size = sizeof longer;
  connection->send(longer);
  CHECK(s.reader.next(patience));
}

TEST_CASE("a frame that cannot be ends the connection", "[delivery][consumer]") {
  served s;
  const auto connection = s.begin();
  auto f = yuv_frame(1, 1);
  std::string words;
  SECTION("no such segment") {
    f.segment = 2, words = "unknown segment";
  }
  SECTION("no such format") {
    f.format = 15, words = "unknown format";
  }
  SECTION("the format native") {
    f.format = 0, words = "unknown format";
  }
  SECTION("too few planes") {
    f.plane_count = 2, words = "planes";
  }
  SECTION("too many planes") {
    f.plane_count = 200, words = "planes";
  }
  SECTION("no width") {
    f.width = 0, words = "impossible size";
  }
  SECTION("a giant") {
    f.height = 1U << 31, words = "impossible size";
  }
  SECTION("rows missing") {
    f.plane_rows[2] = 23, words = "rows";
  }
  SECTION("rows without end") {
    f.plane_rows[0] = UINT32_MAX, words = "rows";
  }
  SECTION("short rows") {
    f.plane_row_bytes[0] = 63, words = "rows";
  }
  SECTION("overlapping rows") {
    f.plane_stride[1] = 31, words = "rows";
  }
  SECTION("a stride past the end") {
    f.plane_stride[0] = 65536, words = "outside its segment";
  }
  SECTION("one byte too far") {
    f.plane_offset[2] = 65536 - 24 * 32 + 1, words = "outside its segment";
  }
  SECTION("an offset that wraps around") {
    f.plane_offset[0] = UINT64_MAX - 10, words = "outside its segment";
  }
  SECTION("a picture beside it") {
    f.content_x = 1, words = "picture outside";
  }
  SECTION("a picture that wraps around") {
    f.content_y = 40, f.content_height = UINT32_MAX - 20, words = "picture outside";
  }
  SECTION("unknown colours") {
    f.matrix = 3, words = "colours";
  }
  connection->frame(f);
  s.ends_with(*connection, words);
  // It mends itself.
  (void)s.begin();
}

TEST_CASE("a frame may end with the last byte of its segment", "[delivery][consumer]") {
  served s;
  const auto connection = s.begin();
  auto f = yuv_frame(1, 1);
  f.plane_offset[2] = 65536 - 24 * 32;
  connection->frame(f);
  CHECK(s.reader.next(patience));
}

TEST_CASE("leases that break the rules end the connection", "[delivery][consumer]") {
  consumer::options wanted;
  wanted.leases = 2;
  served s{wanted};
  SECTION("more than were granted") {
    const auto connection = s.begin(1);
    connection->frame(yuv_frame(1, 1));
    connection->frame(yuv_frame(2, 1));
    s.ends_with(*connection, "lease");
  }
  SECTION("a number twice") {
    const auto connection = s.begin(2);
    connection->frame(yuv_frame(1, 1));
    connection->frame(yuv_frame(1, 1));
    s.ends_with(*connection, "lease");
  }
}

TEST_CASE("memory that could raise a signal ends the connection", "[delivery][consumer]") {
  served s;
  const auto connection = s.connect();
  connection->welcome();
  SECTION("smaller than announced") {
    connection->segment(1, s.memory, 65537);
    s.ends_with(*connection, "smaller than announced");
  }
  SECTION("of a size beyond all files") {
    connection->segment(1, s.memory, UINT64_MAX);
    s.ends_with(*connection, "smaller than announced");
  }
  SECTION("not sealed") {
    const unique_fd open{::memfd_create("open", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
    REQUIRE(::ftruncate(open.get(), 65536) == 0);
    connection->segment(1, open.get(), 65536);
    s.ends_with(*connection, "not sealed");
  }
  SECTION("a file") {
    const unique_fd file{::open("/dev/zero", O_RDONLY | O_CLOEXEC)};
    connection->segment(1, file.get(), 65536);
    s.ends_with(*connection, "not sealed");
  }
}

TEST_CASE("messages that break the protocol end the connection", "[delivery][consumer]") {
  served s;
  SECTION("something before the welcome") {
    const auto connection = s.connect();
    connection->state(3);
    s.ends_with(*connection, "before its welcome");
  }
  SECTION("a version that was not offered") {
    const auto connection = s.connect();
    lease::welcome message;
    message.version = 2;
    connection->send(message);
    s.ends_with(*connection, "version");
  }
  SECTION("more leases than were asked for") {
    const auto connection = s.connect();
    connection->welcome(2);
    s.ends_with(*connection, "leases");
  }
  SECTION("no leases") {
    const auto connection = s.connect();
    connection->welcome(0);
    s.ends_with(*connection, "leases");
  }
  SECTION("a second welcome") {
    const auto connection = s.begin();
    connection->welcome();
    s.ends_with(*connection, "second welcome");
  }
  SECTION("a length that is not its own") {
    const auto connection = s.begin();
    lease::state message;
    message.head.size = 255;
    connection->send(message);
    s.ends_with(*connection, "wrong length");
  }
  SECTION("a message cut short") {
    const auto connection = s.begin();
    lease::state message;
    message.head.size = 100;
    connection->send(&message, 100);
    s.ends_with(*connection, "too short");
  }
  SECTION("less than a header") {
    const auto connection = s.begin();
    connection->send("abc", 3);
    s.ends_with(*connection, "wrong length");
  }
  SECTION("longer than any message") {
    const auto connection = s.begin();
    connection->send(std::string(1025, 'x').data(), 1025);
    s.ends_with(*connection, "too long");
  }
  SECTION("a state that does not exist") {
    const auto connection = s.begin();
    connection->state(8);
    s.ends_with(*connection, "state");
  }
  SECTION("a segment without memory") {
    const auto connection = s.begin();
    connection->send(lease::segment{});
    s.ends_with(*connection, "descriptors");
  }
  SECTION("a segment with too much memory") {
    const auto connection = s.begin();
    lease::segment message;
    message.id = 2;
    const std::vector<int> many(8, s.memory.fd());
    connection->send(&message, sizeof message, many);
    s.until([&] { return connection->is_closed(); });
  }
  SECTION("a descriptor where none belongs") {
    const auto connection = s.begin();
    lease::state message;
    const int fd = s.memory.fd();
    connection->send(&message, sizeof message, {&fd, 1});
    s.ends_with(*connection, "descriptors");
  }
  SECTION("a segment's number again") {
    const auto connection = s.begin();
    connection->segment(1, s.memory);
    s.ends_with(*connection, "used before");
  }
  SECTION("segments without end") {
    const auto connection = s.begin();
    for (std::uint32_t id = 2; id <= 65; ++id) connection->segment(id, s.memory);
    s.ends_with(*connection, "too many segments");
  }
  SECTION("the end of a segment that is not there") {
    const auto connection = s.begin();
    connection->retire(2);
    s.ends_with(*connection, "unknown segment");
  }
  SECTION("a consumer's message") {
    const auto connection = s.begin();
    connection->send(lease::release{});
    s.ends_with(*connection, "only consumers send");
  }
  CHECK(mapped_segments() == 0);
}

TEST_CASE("a process without descriptors is told so and goes on when it has some",
          "[delivery][consumer]") {
  served s;
  const auto connection = s.connect();
  connection->welcome();
  const unique_fd lowest{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  connection->segment(1, s.memory);
  rlimit none = before;
  none.rlim_cur = 0;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  (void)s.poll();
  const auto problem = s.reader.problem();
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK(contains(problem, "too many open files"));
  (void)s.begin();
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
