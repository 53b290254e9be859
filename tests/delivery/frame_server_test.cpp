#include "core/delivery/frame_server.hpp"

#include "core/base/runtime_dir.hpp"
#include "tests/delivery/camera_stage.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/descriptor_shortage.hpp"

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace camherd;
using namespace camherd::testing;
using namespace std::chrono_literals;

namespace {

lease::hello in_format(pixel_format format) {
  lease::hello request;
  request.format = static_cast<std::uint8_t>(format);
  return request;
}

ino_t inode_of(int fd) {
  struct stat found {};
  REQUIRE(::fstat(fd, &found) == 0);
  return found.st_ino;
}

std::uint8_t first_sample(const lease_client& client, const lease::frame& f) {
  const auto& memory = client.segment(f.segment);
  void* const mapped =
      ::mmap(nullptr, memory.size, PROT_READ, MAP_SHARED, memory.descriptor.get(), 0);
  if (mapped == MAP_FAILED) throw std::runtime_error{"a segment cannot be mapped"};
  const auto sample = static_cast<const std::uint8_t*>(mapped)[f.plane_offset[0]];
  ::munmap(mapped, memory.size);
  return sample;
}

}  // namespace

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

TEST_CASE("a rendition is made once for all who share it", "[delivery][rendition]") {
  camera_stage stage;
  std::vector<std::unique_ptr<lease_client>> clients;
  for (int i = 0; i < 3; ++i) clients.push_back(stage.join(in_format(pixel_format::bgr24)));
  (void)stage.publish();
  for (const auto& client : clients) {
    const auto f = client->receive_frame();
    CHECK(f.format == static_cast<std::uint8_t>(pixel_format::bgr24));
    CHECK(f.plane_row_bytes[0] == 64 * 3);
    CHECK(f.source_width == 64);
  }
  CHECK(stage.conversions == 1);
  CHECK(stage.outlet->counts().converted == 1);
  CHECK(stage.outlet->counts().converted_bytes == 64 * 32 * 3);
}

TEST_CASE("nothing is converted that nobody can take", "[delivery][rendition]") {
  camera_stage stage;
  auto client = stage.join(in_format(pixel_format::rgb24));
  for (int i = 0; i < 5; ++i) (void)stage.publish();
  CHECK(stage.conversions == 1);
  const auto first = client->receive_frame();
  client->release(first.lease);
  const auto second = client->receive_frame();
  CHECK(second.sequence == 4);
  CHECK(first_sample(*client, second) == 4);
  CHECK(stage.conversions == 2);
}

TEST_CASE("pictures stay whole while many take them at once", "[delivery][rendition]") {
  constexpr std::uint64_t frames = 1000;
  camera_stage stage;
  std::vector<std::unique_ptr<lease_client>> clients;
  for (const auto format : {pixel_format::bgr24, pixel_format::bgr24, pixel_format::nv12}) {
    clients.push_back(stage.join(in_format(format)));
  }
  std::atomic<int> torn{0};
  std::vector<std::thread> readers;
  for (auto& client : clients) {
    readers.emplace_back([&torn, &client] {
      for (std::uint64_t last = 0; last + 1 < frames;) {
        const auto f = client->receive_frame();
        const auto wanted = static_cast<std::uint8_t>(f.sequence);
        if (f.sequence < last || first_sample(*client, f) != wanted) ++torn;
        last = f.sequence;
        client->release(f.lease);
      }
    });
  }
  for (std::uint64_t i = 0; i < frames; ++i) {
    camera_stage::eventually([&] { return stage.pool->in_use() < 7; });
    (void)stage.publish();
  }
  for (auto& reader : readers) reader.join();
  CHECK(torn == 0);
  CHECK(stage.problems().empty());
}

TEST_CASE("gray8 is the luma plane of the decoded picture", "[delivery][rendition]") {
  camera_stage stage;
  auto client = stage.join(in_format(pixel_format::gray8));
  const auto sent = stage.publish();
  const auto got = client->receive_frame();
  CHECK(got.plane_count == 1);
  CHECK(got.plane_offset[0] == sent.planes[0].offset);
  CHECK(inode_of(client->segment(got.segment).descriptor.get()) ==
        inode_of(stage.pool->segment().fd()));
  CHECK(stage.conversions == 0);
}

TEST_CASE("a lease holds its slot until it is released", "[delivery]") {
  camera_stage stage;
  auto client = stage.join();
  (void)stage.publish();
  const auto f = client->receive_frame();
  stage.outlet->state_changed(camera_state::stalled, "");  // lets the newest frame go
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

TEST_CASE("a request that cannot be granted is refused in words", "[delivery][protocol]") {
  camera_stage stage;
  const auto refused = [&](auto change) {
    lease::hello request;
    change(request);
    auto client = stage.connect();
    client->say(request);
    const auto answer = client->receive_refusal();
    CHECK(std::strlen(answer.text) > 10);
    CHECK(client->receive().bytes.empty());
    return answer.code;
  };
  using lease::refusal;
  CHECK(refused([](auto& r) { r.magic = 1; }) == refusal::malformed);
  CHECK(refused([](auto& r) { r.head.size = 8; }) == refusal::malformed);
  CHECK(refused([](auto& r) { r.head.type = lease::message_type::release; }) ==
        refusal::malformed);
  CHECK(refused([](auto& r) { r.version_min = r.version_max = 2; }) == refusal::version);
  CHECK(refused([](auto& r) { r.format = 3; }) == refusal::unsupported);
  CHECK(refused([](auto& r) { r.format = 200; }) == refusal::unsupported);
  CHECK(refused([](auto& r) { r.fit = 2; }) == refusal::unsupported);
  CHECK(refused([](auto& r) { r.pictures = lease::pictures{3}; }) == refusal::unsupported);
  CHECK(refused([](auto& r) { r.delivery = lease::delivery{2}; }) == refusal::unsupported);
  CHECK(refused([](auto& r) { r.leases = 0; }) == refusal::unsupported);
  CHECK(refused([](auto& r) { r.leases = 5; }) == refusal::unsupported);
  CHECK(refused([](auto& r) { r.queue_depth = 1; }) == refusal::unsupported);
  CHECK(refused([](auto& r) { r.delivery = lease::delivery::queue; }) == refusal::unsupported);
  CHECK(refused([](auto& r) { r.width = 8193; }) == refusal::unsupported);
  CHECK(stage.outlet->counts().consumers == 0);
}

TEST_CASE("a hello that is longer than we know is understood", "[delivery][protocol]") {
  camera_stage stage;
  lease::hello request;
  request.version_max = 7;
  request.head.size = sizeof(request) + 8;
  std::vector<std::byte> longer(sizeof(request) + 8);
  std::memcpy(longer.data(), &request, sizeof(request));
  auto client = stage.connect();
  client->send(longer);
  CHECK(client->receive(lease::message_type::welcome).as<lease::welcome>().version == 1);
}

TEST_CASE("who holds too much is refused until others leave", "[delivery][protocol]") {
  camera_stage stage{{}, 5};
  lease::hello request;
  request.leases = 4;
  auto first = stage.join(request);
  auto second = stage.connect();
  second->say(request);
  CHECK(second->receive_refusal().code == lease::refusal::busy);
  first->close();
  camera_stage::eventually([&] { return stage.outlet->counts().consumers == 0; });
  auto third = stage.join(request);
}

TEST_CASE("who asks for too much memory is refused in words", "[delivery][rendition]") {
  camera_stage stage{{.max_rendition_bytes = 64 * 32 * 3 * 4}};
  auto modest = in_format(pixel_format::bgr24);
  modest.leases = 2;
  auto served = stage.join(modest);
  auto greedy = in_format(pixel_format::bgr24);
  greedy.width = 640;
  auto refused = stage.join(greedy);
  (void)stage.publish();
  CHECK(served->receive_frame().sequence == 0);
  CHECK(refused->receive_refusal().code == lease::refusal::busy);
  camera_stage::eventually([&] { return stage.outlet->counts().consumers == 1; });
}

TEST_CASE("who asks for a picture far larger than the camera's is refused in words",
          "[delivery][rendition]") {
  camera_stage stage;
  auto huge = in_format(pixel_format::nv12);
  huge.width = huge.height = 8192;
  auto refused = stage.join(huge);
  auto enlarged = in_format(pixel_format::nv12);
  enlarged.width = 1280;
  enlarged.height = 720;
  auto served = stage.join(enlarged);
  (void)stage.publish();
  CHECK(refused->receive_refusal().code == lease::refusal::unsupported);
  CHECK(served->receive_frame().width == 1280);
}

TEST_CASE("bad messages end that connection only", "[delivery][protocol]") {
  camera_stage stage;
  auto good = stage.join();
  const auto breaks = [&](std::span<const std::byte> message) {
    auto bad = stage.join();
    bad->send(message);
    CHECK(bad->receive_refusal().code == lease::refusal::malformed);
    CHECK(bad->receive().bytes.empty());
  };
  const lease::hello again;
  breaks(std::as_bytes(std::span{&again, 1}));
  lease::release unheld;
  unheld.lease = 7;
  breaks(std::as_bytes(std::span{&unheld, 1}));
  breaks(std::vector<std::byte>(3));
  breaks(std::vector<std::byte>(100'000));
  (void)stage.publish();
  CHECK(good->receive_frame().sequence == 0);
}

TEST_CASE("descriptors that a consumer sends are not kept", "[delivery][protocol]") {
  camera_stage stage;
  const auto open_files = [] {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry :
         std::filesystem::directory_iterator{"/proc/self/fd"})
      ++count;
    return count;
  };
  auto client = stage.join();
  const auto before = open_files();
  lease::hello again;
  iovec part{&again, sizeof(again)};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr envelope{};
  envelope.msg_iov = &part;
  envelope.msg_iovlen = 1;
  envelope.msg_control = control;
  envelope.msg_controllen = sizeof(control);
  auto* const rights = CMSG_FIRSTHDR(&envelope);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof(int));
  const int sent = client->fd();
  std::memcpy(CMSG_DATA(rights), &sent, sizeof(sent));
  REQUIRE(::sendmsg(client->fd(), &envelope, 0) > 0);
  (void)client->receive_refusal();
  camera_stage::eventually([&] { return open_files() < before; });  // its socket was closed
}

TEST_CASE("without descriptors a consumer is refused and others are served",
          "[delivery][protocol]") {
  if (!can_run_short_of_descriptors) {
    WARN("not with this sanitizer");
    return;
  }
  camera_stage stage;
  auto before = stage.join();
  auto socket = lease_client::make_socket();
  lease::refusal code{};
  lease::message_type type{};
  auto prepared = stage.prepare();
  {
    const descriptor_shortage shortage;
    lease_client refused{std::move(socket), stage.folder / "run", "yard"};
    code = refused.receive_refusal().code;
    stage.outlet->publish(prepared);
    type = before->receive().type();  // its descriptor cannot be taken here
  }
  CHECK(code == lease::refusal::busy);
  CHECK(type == lease::message_type::segment);
  CHECK(stage.problems() ==
        std::vector<std::string>{"no descriptors are left for another consumer"});
  auto after = stage.join();
}

TEST_CASE("who never says hello is sent away", "[delivery][protocol]") {
  camera_stage stage{{.hello_timeout = 1ms}};
  auto silent = stage.connect();
  CHECK(std::string{silent->receive_refusal().text} == "no hello in time");
}

TEST_CASE("strangers make room for each other", "[delivery][protocol]") {
  camera_stage stage{{.max_strangers = 2, .hello_timeout = 1h}};
  auto oldest = stage.connect();
  auto second = stage.connect();
  auto third = stage.connect();
  CHECK(oldest->receive_refusal().code == lease::refusal::busy);
  second->join();
  third->join();
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

TEST_CASE("a runtime directory belongs to one server", "[delivery][runtime_directory]") {
  camera_stage stage;
  const auto second = frame_server::create({.runtime_dir = stage.folder / "run"});
  REQUIRE_FALSE(second);
  CHECK(second.error().kind() == error_kind::invalid_argument);
  CHECK(second.error().message().find("used by another camherd") != std::string::npos);
}

TEST_CASE("a server removes the sockets its predecessor left",
          "[delivery][runtime_directory]") {
  temporary_folder folder;
  std::filesystem::create_directories(folder / "cameras");
  const auto left = camera_socket(folder.path().string(), "gone");
  const unique_fd bound{::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, left.c_str(), left.size() + 1);
  REQUIRE(::bind(bound.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) ==
          0);
  auto server = frame_server::create({.runtime_dir = folder.path().string()});
  REQUIRE(server);
  CHECK_FALSE(std::filesystem::exists(left));
}

TEST_CASE("sockets are open to owner and group only", "[delivery][runtime_directory]") {
  camera_stage stage;
  struct stat found {};
  REQUIRE(::stat(camera_socket(stage.folder / "run", "yard").c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0660);
  REQUIRE(::stat((stage.folder / "run").c_str(), &found) == 0);
  CHECK((found.st_mode & 0027) == 0);
}

TEST_CASE("a runtime directory that cannot be used is an error in words",
          "[delivery][runtime_directory]") {
  temporary_folder folder;
  const auto refused = [](const std::string& path) {
    const auto made = frame_server::create({.runtime_dir = path});
    REQUIRE_FALSE(made);
    CHECK(made.error().kind() == error_kind::invalid_argument);
    return made.error().message();
  };
  CHECK(refused(folder / std::string(100, 'x')).find("too long") != std::string::npos);
  const unique_fd file{::open((folder / "file").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600)};
  CHECK(refused(folder / "file").find("not a directory") != std::string::npos);
  CHECK_FALSE(refused("/proc/camherd").empty());
}
