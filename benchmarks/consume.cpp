// Reads cameras of a camherd in C++, all of them on one thread, and measures how old each frame
// is when it is in hand. benchmarks/peers/peer.py runs it like the readers in Python; the lines
// that both exchange are explained in benchmarks/peers/reader.py.

#include "core/base/block_code.hpp"
#include "core/base/sent_log.hpp"
#include "core/delivery/include/camherd/consumer.hpp"

#include <nlohmann/json.hpp>
#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

using json = nlohmann::json;
using std::chrono::nanoseconds;
using std::chrono::steady_clock;
namespace consumer = camherd::consumer;

nanoseconds thread_cpu_time() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds{now.tv_sec} + nanoseconds{now.tv_nsec};
}

/// Reads the code from luma, or from the green of packed colours.
std::optional<camherd::block_code> read_code(const consumer::frame& frame) {
  const auto picture = frame.plane(0);
  constexpr std::size_t width = camherd::block_code_width;
  constexpr std::size_t height = camherd::block_code_height;
  if (frame.width() < width || frame.height() < height) return std::nullopt;
  if (frame.plane_count() > 1 || frame.format() == consumer::pixel_format::gray8) {
    return camherd::read_block_code(
        {{picture.data, picture.stride * (height - 1) + width}, picture.stride, width, height});
  }
  std::array<std::uint8_t, width * height> green{};
  for (std::size_t row = 0; row < height; ++row) {
    const std::uint8_t* const samples = picture.data + row * picture.stride;
    for (std::size_t column = 0; column < width; ++column) {
      green[row * width + column] = samples[3 * column + 1];
    }
  }
  return camherd::read_block_code({green, width, width, height});
}

/// What was measured of one camera.
struct findings {
  std::uint64_t frames = 0;
  std::uint64_t unreadable = 0;
  std::uint64_t wrong_scene = 0;
  std::uint64_t unsent = 0;
  std::vector<std::int64_t> ages_ns;
  nanoseconds measuring{0};  // CPU time that reading the codes took
};

class measured_camera {
 public:
  measured_camera(std::string name, std::uint32_t number, std::uint32_t scene,
                  const consumer::options& wanted)
      : camera_{std::move(name), wanted}, number_{number}, scene_{scene} {}

  [[nodiscard]] const std::string& name() const { return camera_.name(); }
  [[nodiscard]] int descriptor() const { return camera_.descriptor(); }
  [[nodiscard]] std::optional<steady_clock::time_point> delivers_since() const {
    return delivers_since_;
  }
  [[nodiscard]] const findings& found() const { return found_; }

  void await_again() { delivers_since_.reset(); }

  /// Takes what there is. True if the camera delivers for the first time since `await_again`.
  bool read(const camherd::sent_log_reader& log, bool measuring) {
    bool first = false;
    while (const auto frame = camera_.next(nanoseconds{0})) {
      const auto now = steady_clock::now();
      if (measuring) measure(*frame, log, now);
      if (delivers_since_ || !read_code(*frame)) continue;
      delivers_since_ = now;
      first = true;
    }
    return first;
  }

 private:
  void measure(const consumer::frame& frame, const camherd::sent_log_reader& log,
               steady_clock::time_point now) {
    const auto began = thread_cpu_time();
    ++found_.frames;
    const auto code = read_code(frame);
    if (!code) {
      ++found_.unreadable;
    } else if (code->scene != scene_) {
      ++found_.wrong_scene;
    } else if (const auto sent = log.sent_at(number_, code->index); !sent || *sent > now) {
      ++found_.unsent;
    } else {
      found_.ages_ns.push_back(nanoseconds{now - *sent}.count());
    }
    found_.measuring += thread_cpu_time() - began;
  }

  consumer::camera camera_;
  const std::uint32_t number_;  // in the sent log
  const std::uint32_t scene_;
  std::optional<steady_clock::time_point> delivers_since_;
  findings found_;
};

consumer::options wanted_in(const json& request) {
  consumer::options wanted;
  wanted.runtime_dir = request.at("runtime_dir").get<std::string>();
  if (request.at("format") == "bgr24") wanted.format = consumer::pixel_format::bgr24;
  if (request.at("demand") == "keyframes") wanted.pictures = consumer::pictures::keyframes;
  if (request.at("demand") == "1fps") wanted.max_fps = 1;
  return wanted;
}

void print(const json& line) {
  std::cout << line.dump() << std::endl;
}

/// All cameras of the request, on the thread that calls `run`.
class reader {
 public:
  reader(const json& request, camherd::sent_log_reader log)
      : log_{std::move(log)}, epoll_{::epoll_create1(EPOLL_CLOEXEC)} {
    const auto wanted = wanted_in(request);
    const auto distinct = request.at("distinct").get<std::uint32_t>();
    for (const auto& [name, number] : request.at("numbers").items()) {
      const auto camera = number.get<std::uint32_t>();
      cameras_.emplace_back(name, camera, camera % distinct, wanted);
    }
    awaited_ = cameras_.size();
  }
  ~reader() { ::close(epoll_); }
  reader(const reader&) = delete;
  reader& operator=(const reader&) = delete;

  void run() {
    watch(STDIN_FILENO, cameras_.size());
    for (std::size_t i = 0; i < cameras_.size(); ++i) {
      read(cameras_[i]);
      watch(cameras_[i].descriptor(), i);
    }
    std::array<epoll_event, 64> events{};
    for (;;) {
      const int count = ::epoll_wait(epoll_, events.data(), events.size(), -1);
      for (int i = 0; i < count; ++i) {
        const auto index =
            static_cast<std::size_t>(events[static_cast<std::size_t>(i)].data.u64);
        if (index < cameras_.size()) {
          read(cameras_[index]);
        } else if (!obey()) {
          return;
        }
      }
    }
  }

 private:
  void watch(int descriptor, std::size_t index) const {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = index;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event);
  }

  void read(measured_camera& camera) {
    if (camera.read(log_, measuring_) && --awaited_ == 0) print_delivering();
  }

  /// Reads commands, of which at most one at a time is on its way. False at their end.
  bool obey() {
    std::array<char, 64> room{};
    const auto count = ::read(STDIN_FILENO, room.data(), room.size());
    if (count <= 0) return false;
    const std::string_view command{room.data(), static_cast<std::size_t>(count)};
    if (command == "begin\n") {
      measuring_ = true;
    } else if (command == "end\n") {
      measuring_ = false;
      print_measured();
    } else if (command == "again\n") {
      for (auto& camera : cameras_) camera.await_again();
      awaited_ = cameras_.size();
    } else if (command == "delivering\n") {
      print_delivering();
    }
    return true;
  }

  void print_delivering() const {
    json since = json::object();
    for (const auto& camera : cameras_) {
      if (const auto at = camera.delivers_since()) {
        since[camera.name()] = nanoseconds{at->time_since_epoch()}.count();
      }
    }
    print({{"delivering", std::move(since)}});
  }

  void print_measured() const {
    json measured = json::object();
    for (const auto& camera : cameras_) {
      const auto& found = camera.found();
      measured[camera.name()] = {
          {"frames", found.frames},         {"ages_ns", found.ages_ns},
          {"unreadable", found.unreadable}, {"wrong_scene", found.wrong_scene},
          {"unsent", found.unsent},         {"measuring_ns", found.measuring.count()}};
    }
    print({{"measured", std::move(measured)}});
  }

  const camherd::sent_log_reader log_;
  const int epoll_;
  std::vector<measured_camera> cameras_;
  std::size_t awaited_ = 0;  // cameras that do not deliver yet
  bool measuring_ = false;
};

}  // namespace

int main(int count, char** arguments) {
  if (count > 1) {
    std::fprintf(stderr,
                 "%s is run by the benchmarks, which tell it by its standard input what "
                 "to read\n",
                 arguments[0]);
    return 2;
  }
  // Byte by byte: what comes after the first line belongs to the loop.
  std::string line;
  for (char byte = 0; ::read(STDIN_FILENO, &byte, 1) == 1 && byte != '\n';) line += byte;
  const auto request = json::parse(line, nullptr, false);
  if (!request.is_object()) return 2;
  auto log = camherd::sent_log_reader::open(request.value("sent_log", ""));
  if (!log) {
    std::fprintf(stderr, "%s\n", log.error().message().c_str());
    return 2;
  }
  reader{request, std::move(*log)}.run();
  return 0;
}
