#include "tests/delivery/served_consumer.hpp"

#include <sys/mman.h>
#include <sys/resource.h>

#include <fcntl.h>
#include <string>
#include <unistd.h>
#include <vector>

using namespace camherd;
using namespace camherd::testing;
using namespace std::chrono_literals;

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
