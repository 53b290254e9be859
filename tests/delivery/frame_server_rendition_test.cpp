#include "core/delivery/frame_server.hpp"
#include "tests/delivery/camera_stage.hpp"
#include "tests/support/catch.hpp"

#include <sys/resource.h>

#include <atomic>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

using namespace camherd;
using namespace camherd::testing;

namespace {

/// This process cannot make larger files as long as it lives.
class file_size_limit {
 public:
  explicit file_size_limit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &usual_);
    const rlimit lower{bytes, usual_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &lower);
  }
  ~file_size_limit() { ::setrlimit(RLIMIT_FSIZE, &usual_); }
  file_size_limit(const file_size_limit&) = delete;
  file_size_limit& operator=(const file_size_limit&) = delete;

 private:
  rlimit usual_{};
};

}  // namespace

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

TEST_CASE("who gets no frame for want of memory is told why until there is one",
          "[delivery][rendition]") {
  camera_stage stage;
  auto other = stage.join();
  auto client = stage.join(in_format(pixel_format::bgr24));
  const auto next_state = [&] {
    return client->receive(lease::message_type::state).as<lease::state>();
  };
  {
    const file_size_limit none{4096};  // shared memory is a file
    (void)stage.publish();
    (void)stage.publish();
    const auto told = next_state();
    CHECK(std::string{told.reason}.find("memory for another rendition") == 0);
    CHECK(other->receive_frame().sequence == 0);
  }
  (void)stage.publish();
  CHECK(client->receive_frame().sequence == 2);
  CHECK(std::string{next_state().reason}.empty());
  CHECK_FALSE(client->has_message());
}
