// A consumer that says anything to a camera, beside a good one that must not notice.
//
// The input is a series of actions: a byte that chooses (modulo 5) to send a message, to
// publish a frame, to change the state, to read what has come, or to connect anew; a message
// has a byte of kind (modulo 4: raw, a hello, a release, what came before again) and a byte
// size, then its bytes. Those of a hello and a release lie over a valid one, from its ninth
// byte on.

#include "core/delivery/lease_protocol.hpp"

#include "core/base/runtime_dir.hpp"
#include "core/delivery/frame_server.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <poll.h>
#include <span>
#include <string>
#include <vector>

namespace {

using namespace camherd;

void demand_that(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken invariant: %s\n", what);
  std::abort();
}

class filler final : public picture_converter {
 public:
  result<void> convert(const frame&, const picture_layout& layout,
                       std::span<std::uint8_t> to) override {
    demand_that(to.size() >= layout.bytes, "a rendition fits into its slot");
    std::fill(to.begin(), to.end(), std::uint8_t{1});
    return {};
  }
};

class stage {
 public:
  stage() {
    std::string name =
        (std::filesystem::temp_directory_path() / "camherd-fuzz-XXXXXX").string();
    demand_that(::mkdtemp(name.data()) != nullptr, "there is room for a directory");
    directory_ = name;
    auto made = frame_server::create({.runtime_dir = directory_, .make_converter = [] {
                                        return std::make_unique<filler>();
                                      }});
    demand_that(made.has_value(), "the server starts");
    server_ = *std::move(made);
    outlet_ = server_->open("yard", 64, {});
    auto pool = slot_pool::create(80, 4096);
    demand_that(pool.has_value(), "there is memory for slots");
    pool_ = *std::move(pool);
  }

  ~stage() {
    outlet_.reset();
    server_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  [[nodiscard]] unique_fd connect() const {
    unique_fd made{::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)};
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto path = camera_socket(directory_, "yard");
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    demand_that(::connect(made.get(), reinterpret_cast<const sockaddr*>(&address),
                          sizeof(address)) == 0,
                "the camera listens");
    return made;
  }

  void publish() {
    auto slot = pool_->acquire();
    demand_that(slot.has_value(), "consumers hold no more than they were granted");
    frame f;
    f.metadata.sequence = next_++;
    f.metadata.published_at = std::chrono::steady_clock::now();
    f.metadata.keyframe = next_ % 3 == 0;
    f.width = f.source_width = 48;
    f.height = f.source_height = 32;
    f.content = {0, 0, 48, 32};
    f.plane_count = 3;
    f.planes = {plane{slot->offset(), 48, 32, 48}, plane{slot->offset() + 1536, 24, 16, 24},
                plane{slot->offset() + 1920, 24, 16, 24}};
    f.slot = *std::move(slot);
    outlet_->publish(f);
  }

  void change_state(std::uint8_t to) {
    outlet_->state_changed(static_cast<camera_state>(to % camera_state_count), "because");
  }

  // A consumer that behaves gets its frame, whatever the others do.
  void check() {
    const auto good = connect();
    const lease::hello request;
    demand_that(::send(good.get(), &request, sizeof(request), 0) == sizeof(request),
                "a hello can be said");
    await(good, lease::message_type::welcome);
    publish();
    await(good, lease::message_type::frame);
  }

 private:
  static void await(const unique_fd& from, lease::message_type type) {
    for (;;) {
      pollfd waiting{from.get(), POLLIN, 0};
      const int ready = ::poll(&waiting, 1, 9000);
      if (ready < 0 && errno == EINTR) continue;  // the fuzzer's own alarm
      demand_that(ready > 0, "a good consumer is answered");
      alignas(lease::header) char message[lease::most_message_bytes];
      const auto length = ::recv(from.get(), message, sizeof(message), 0);
      demand_that(length >= static_cast<ssize_t>(sizeof(lease::header)),
                  "a good consumer stays connected");
      lease::header head{};
      std::memcpy(&head, message, sizeof(head));
      demand_that(head.size == static_cast<std::size_t>(length), "messages say their size");
      if (head.type == type) return;
    }
  }

  std::string directory_;
  std::shared_ptr<frame_server> server_;
  std::shared_ptr<frame_outlet> outlet_;
  std::shared_ptr<slot_pool> pool_;
  std::uint64_t next_ = 0;
};

template <class Message>
std::vector<std::uint8_t> changed(Message valid, std::span<const std::uint8_t> over) {
  std::vector<std::uint8_t> bytes(sizeof(valid));
  std::memcpy(bytes.data(), &valid, sizeof(valid));
  const auto room = bytes.size() - sizeof(lease::header);
  std::copy_n(over.begin(), std::min(over.size(), room), bytes.begin() + sizeof(lease::header));
  return bytes;
}

class talker {
 public:
  explicit talker(stage& camera) : camera_{camera}, socket_{camera.connect()} {}

  void play(std::span<const std::uint8_t> input) {
    while (!input.empty()) {
      const auto action = take(input) % 5;
      if (action == 0) {
        say(input);
      } else if (action == 1) {
        camera_.publish();
      } else if (action == 2) {
        camera_.change_state(take(input));
      } else if (action == 3) {
        char message[lease::most_message_bytes];
        while (::recv(socket_.get(), message, sizeof(message), MSG_DONTWAIT) > 0) {
        }
      } else {
        socket_ = camera_.connect();
      }
    }
  }

 private:
  static std::uint8_t take(std::span<const std::uint8_t>& input) {
    if (input.empty()) return 0;
    const auto first = input[0];
    input = input.subspan(1);
    return first;
  }

  void say(std::span<const std::uint8_t>& input) {
    const auto kind = take(input) % 4;
    const auto size = std::min<std::size_t>(take(input), input.size());
    const auto bytes = input.first(size);
    input = input.subspan(size);
    if (kind == 0) last_.assign(bytes.begin(), bytes.end());
    if (kind == 1) last_ = changed(lease::hello{}, bytes);
    if (kind == 2) last_ = changed(lease::release{}, bytes);
    (void)::send(socket_.get(), last_.data(), last_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  }

  stage& camera_;
  unique_fd socket_;
  std::vector<std::uint8_t> last_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static stage camera;
  {
    talker consumer{camera};
    consumer.play({data, std::min<std::size_t>(size, 2048)});
    camera.check();
  }
  return 0;
}
