#include "core/delivery/frame_server.hpp"

#include "core/base/runtime_dir.hpp"
#include "tests/delivery/camera_stage.hpp"
#include "tests/support/catch.hpp"

#include <sys/mman.h>

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>
#include <vector>

using namespace camherd;
using namespace camherd::testing;
using namespace std::chrono_literals;

TEST_CASE("a native frame is the decoder's own slot", "[delivery]") {
  camera_stage stage;
  auto client = stage.join();
  (void)stage.publish();
  const auto sent = stage.publish();
  (void)client->receive_frame();
  client->release(1);
  const auto got = client->receive_frame();
  CHECK(got.sequence == 1);
  CHECK(inode_of(client->segment(got.segment).descriptor.get()) ==
        inode_of(stage.pool->segment().fd()));
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(got.plane_offset[i] == sent.planes[i].offset);
    CHECK(got.plane_stride[i] == sent.planes[i].stride);
  }
  CHECK(first_sample(*client, got) == 1);
  CHECK(stage.outlet->counts().converted_bytes == 0);
}

TEST_CASE("a consumer can neither write to a frame nor resize its memory", "[delivery]") {
  camera_stage stage;
  auto client = stage.join();
  (void)stage.publish();
  const auto got = client->receive_frame();
  const auto& memory = client->segment(got.segment);
  const int fd = memory.descriptor.get();
  CHECK(::mmap(nullptr, memory.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED);
  CHECK(errno == EPERM);
  void* const readable = ::mmap(nullptr, memory.size, PROT_READ, MAP_SHARED, fd, 0);
  REQUIRE(readable != MAP_FAILED);
  CHECK(::mprotect(readable, memory.size, PROT_READ | PROT_WRITE) != 0);
  ::munmap(readable, memory.size);
  CHECK(::write(fd, "x", 1) < 0);
  CHECK(::ftruncate(fd, 0) != 0);
  CHECK(::ftruncate(fd, static_cast<off_t>(memory.size * 2)) != 0);
  CHECK(::fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE) != 0);
}

TEST_CASE("the newest frame waits for a consumer that is busy", "[delivery]") {
  camera_stage stage;
  auto client = stage.join();
  for (int i = 0; i < 4; ++i) (void)stage.publish({.dropped_before = 5});
  const auto first = client->receive_frame();
  CHECK(first.sequence == 0);
  CHECK(first.missed_before == 0);
  client->release(first.lease);
  const auto second = client->receive_frame();
  CHECK(second.sequence == 3);
  CHECK(second.missed_before == 2);
  CHECK(second.dropped_before == 15);
  CHECK(stage.dropped(drop_reason::consumer_busy) == 2);
  CHECK_FALSE(client->has_message());
}

TEST_CASE("several leases are as many frames at once", "[delivery]") {
  camera_stage stage;
  lease::hello request;
  request.leases = 3;
  auto client = stage.join(request);
  for (int i = 0; i < 5; ++i) (void)stage.publish();
  for (std::uint64_t i = 0; i < 3; ++i) CHECK(client->receive_frame().sequence == i);
  client->release(2);
  CHECK(client->receive_frame().sequence == 4);
}

TEST_CASE("a queue keeps the newest frames in their order", "[delivery]") {
  camera_stage stage;
  lease::hello request;
  request.delivery = lease::delivery::queue;
  request.queue_depth = 2;
  auto client = stage.join(request);
  for (int i = 0; i < 5; ++i) (void)stage.publish();
  std::vector<std::uint64_t> got;
  for (int i = 0; i < 3; ++i) {
    const auto f = client->receive_frame();
    got.push_back(f.sequence);
    client->release(f.lease);
  }
  CHECK(got == std::vector<std::uint64_t>{0, 3, 4});
}

TEST_CASE("each consumer has a rate of its own", "[delivery]") {
  camera_stage stage;
  lease::hello slow;
  slow.max_rate = 2500;  // of the ten frames in a second
  slow.leases = 4;
  lease::hello all;
  all.leases = 4;
  auto half = stage.join(slow);
  auto full = stage.join(all);
  for (int i = 0; i < 9; ++i) {
    (void)stage.publish();
    const auto f = full->receive_frame();
    CHECK(f.sequence == static_cast<std::uint64_t>(i));
    full->release(f.lease);
  }
  for (const std::uint64_t sequence : {0U, 4U, 8U}) {
    CHECK(half->receive_frame().sequence == sequence);
  }
  CHECK(stage.dropped(drop_reason::rate_limit) == 6);
}

TEST_CASE("who wants keyframes gets no others", "[delivery]") {
  camera_stage stage;
  lease::hello request;
  request.pictures = lease::pictures::keyframes;
  auto client = stage.join(request);
  (void)stage.publish();
  (void)stage.publish({.keyframe = true});
  CHECK(client->receive_frame().sequence == 1);
  CHECK(stage.dropped(drop_reason::not_keyframe) == 1);
}

TEST_CASE("who wants references gets no disposable pictures", "[delivery]") {
  camera_stage stage;
  lease::hello request;
  request.pictures = lease::pictures::references;
  auto client = stage.join(request);
  (void)stage.publish({.reference = false});
  (void)stage.publish();
  CHECK(client->receive_frame().sequence == 1);
  CHECK(stage.dropped(drop_reason::not_reference) == 1);
}

TEST_CASE("a lease holds its slot until it is released", "[delivery]") {
  camera_stage stage;
  auto client = stage.join();
  (void)stage.publish();
  const auto f = client->receive_frame();
  stage.outlet->forget_newest();
  CHECK(stage.pool->in_use() == 1);
  client->release(f.lease);
  camera_stage::eventually([&] { return stage.pool->in_use() == 0; });
}

TEST_CASE("the age of a frame is taken when its consumer gives it back", "[delivery]") {
  camera_stage stage;
  auto client = stage.join();
  const auto received_at = std::chrono::steady_clock::now() - 2min;
  (void)stage.publish({.received_at = received_at});
  const auto got = client->receive_frame();
  CHECK(stage.outlet->counts().age_at_release.count() == 0);
  client->release(got.lease);
  camera_stage::eventually([&] { return stage.outlet->counts().age_at_release.count() == 1; });
  const auto age = stage.outlet->counts().age_at_release.max();
  CHECK(age >= 2min);
  CHECK(age <= std::chrono::steady_clock::now() - received_at);
}

TEST_CASE("the leases of a dead consumer end with it", "[delivery]") {
  camera_stage stage;
  lease::hello request;
  request.leases = 4;
  request.delivery = lease::delivery::queue;
  request.queue_depth = 3;
  auto client = stage.join(request);
  for (int i = 0; i < 7; ++i) (void)stage.publish();
  stage.outlet->state_changed(camera_state::stalled, "");
  CHECK(stage.pool->in_use() == 7);
  client->close();
  camera_stage::eventually([&] { return stage.pool->in_use() == 0; });
  CHECK(stage.outlet->counts().consumers == 0);
}

TEST_CASE("a thousand consumers that die holding leases leave nothing behind", "[delivery]") {
  camera_stage stage;
  for (int i = 0; i < 1000; ++i) {
    auto client = stage.join(in_format(i % 2 == 0 ? pixel_format{} : pixel_format::bgr24));
    camera_stage::eventually([&] { return stage.pool->in_use() < 7; });
    (void)stage.publish();
    if (i % 3 != 0) (void)client->receive_frame();
  }
  stage.outlet->state_changed(camera_state::stalled, "");
  camera_stage::eventually([&] { return stage.outlet->counts().consumers == 0; });
  CHECK(stage.pool->in_use() == 0);
}

TEST_CASE("a newcomer hears the state and gets the newest frame", "[delivery]") {
  camera_stage stage;
  stage.outlet->state_changed(camera_state::streaming, "");
  stage.clock = std::chrono::steady_clock::now();
  (void)stage.publish();
  auto client = stage.connect();
  client->say(lease::hello{});
  const auto welcome = client->receive(lease::message_type::welcome).as<lease::welcome>();
  CHECK(std::string{welcome.camera} == "yard");
  CHECK(welcome.version == 1);
  const auto state = client->receive().as<lease::state>();
  CHECK(state.head.type == lease::message_type::state);
  CHECK(state.state == static_cast<std::uint32_t>(camera_state::streaming));
  CHECK(client->receive_frame().sequence == 0);
}

TEST_CASE("a newcomer gets no frame from before an interruption", "[delivery]") {
  camera_stage stage;
  (void)stage.publish();
  stage.outlet->state_changed(camera_state::backoff, "connection refused; next try in 1.0 s");
  auto client = stage.connect();
  client->say(lease::hello{});
  (void)client->receive(lease::message_type::welcome);
  const auto state = client->receive(lease::message_type::state).as<lease::state>();
  CHECK(std::string{state.reason} == "connection refused; next try in 1.0 s");
  (void)stage.publish();
  CHECK(client->receive_frame().sequence == 1);
}

TEST_CASE("a newcomer gets no old frame", "[delivery]") {
  camera_stage stage;
  stage.clock -= 2s;
  (void)stage.publish();
  auto client = stage.join();
  (void)stage.publish();
  CHECK(client->receive_frame().sequence == 1);
}

TEST_CASE("when no frame follows for now, no memory is held for consumers to come",
          "[delivery]") {
  camera_stage stage;
  stage.outlet->state_changed(camera_state::streaming, "");
  (void)stage.publish();
  CHECK(stage.pool->in_use() == 1);
  stage.outlet->forget_newest();
  CHECK(stage.pool->in_use() == 0);
  auto client = stage.join();
  (void)stage.publish();
  CHECK(client->receive_frame().sequence == 1);
}

TEST_CASE("the camera hears what its consumers ask together", "[delivery]") {
  camera_stage stage;
  lease::hello slow;
  slow.pictures = lease::pictures::keyframes;
  slow.max_rate = 1500;
  auto first = stage.join(slow);
  camera_stage::eventually([&] { return stage.demanded().held_frames == 1; });
  CHECK(stage.demanded().pictures == demand{decode_level::keyframes, 1.5});
  auto request = in_format(pixel_format::bgr24);
  request.leases = 4;
  auto second = stage.join(request);
  camera_stage::eventually([&] {
    return stage.demanded().pictures == demand{decode_level::everything, 0};
  });
  CHECK(stage.demanded().held_frames == 1);  // renditions have slots of their own
  second->close();
  first->close();
  camera_stage::eventually([&] { return stage.demanded() == camera_demand{}; });
}

TEST_CASE("a consumer that does not read holds up nobody", "[delivery]") {
  camera_stage stage;
  auto deaf = stage.join();
  auto reading = stage.join();
  for (int i = 0; i < 2000; ++i) {
    stage.outlet->state_changed(camera_state::streaming, "state " + std::to_string(i));
    while (reading->has_message()) {
      const auto got = reading->receive();
      if (got.type() == lease::message_type::frame)
        reading->release(got.as<lease::frame>().lease);
    }
    camera_stage::eventually([&] { return stage.pool->in_use() < 7; });
    (void)stage.publish();
  }
  // What fitted into its socket is there, and in the end the newest of what did not.
  std::string last;
  std::size_t states = 0;
  while (last != "state 1999") {
    const auto got = deaf->receive();
    if (got.type() != lease::message_type::state) continue;
    last = got.as<lease::state>().reason;
    ++states;
  }
  CHECK(states < 2000);
}

TEST_CASE("memory that will not be used again is retired", "[delivery]") {
  camera_stage stage;
  auto client = stage.join();
  (void)stage.publish();
  const auto before = client->receive_frame();
  auto other = slot_pool::create(4, 64 * 32 * 3 / 2);
  REQUIRE(other);
  stage.pool = *std::move(other);
  (void)stage.publish();
  client->release(before.lease);
  const auto retired = client->receive(lease::message_type::segment_retired);
  CHECK(retired.as<lease::segment_retired>().id == before.segment);
  CHECK(client->receive_frame().segment != before.segment);
}

TEST_CASE("consumers hear why a camera goes away", "[delivery]") {
  camera_stage stage;
  auto client = stage.join();
  stage.outlet->close("the camera was removed from the configuration");
  const auto state = client->receive(lease::message_type::state).as<lease::state>();
  CHECK(state.state == static_cast<std::uint32_t>(camera_state::stopped));
  const auto refused = client->receive_refusal();
  CHECK(refused.code == lease::refusal::closed);
  CHECK(std::string{refused.text} == "the camera was removed from the configuration");
  CHECK_FALSE(std::filesystem::exists(camera_socket(stage.folder / "run", "yard")));
  auto again = stage.server->open("yard", 32, {});
  auto client_again = stage.join();
}

TEST_CASE("a camera outlives its server without consumers", "[delivery]") {
  camera_stage stage;
  auto client = stage.join();
  stage.server.reset();
  CHECK(client->receive_refusal().code == lease::refusal::closed);
  (void)stage.publish();
  stage.outlet->state_changed(camera_state::streaming, "");
  CHECK(stage.outlet->counts().consumers == 0);
}
