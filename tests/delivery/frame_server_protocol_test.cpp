#include "core/delivery/frame_server.hpp"
#include "tests/delivery/camera_stage.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/descriptor_shortage.hpp"

#include <sys/socket.h>

#include <cstring>
#include <filesystem>
#include <vector>

using namespace camherd;
using namespace camherd::testing;
using namespace std::chrono_literals;

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
