#include "tests/delivery/served_consumer.hpp"

#include <fcntl.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace camherd;
using namespace camherd::testing;
using namespace std::chrono_literals;

TEST_CASE("a frame shows the bytes of the segment and all that is known of it",
          "[delivery][consumer]") {
  served s;
  const auto connection = s.begin();
  auto message = yuv_frame(7, 1, 64, 48, 4096);
  message.flags = lease::flag_keyframe | lease::flag_corrupt | lease::flag_after_gap |
                  lease::flag_full_range | lease::flag_interlaced;
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
  CHECK(info.interlaced);
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
