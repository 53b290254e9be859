#include "apps/camherd-sim/gst_handles.hpp"
#include "apps/camherd-sim/pipeline_bus.hpp"
#include "core/base/block_code.hpp"
#include "core/base/sent_log.hpp"
#include "core/base/unique_fd.hpp"
#include "tests/support/catch.hpp"

#include <gst/app/gstappsink.h>
#include <gst/video/video.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <poll.h>
#include <spawn.h>
#include <string>
#include <unistd.h>
#include <vector>

namespace sim = camherd::sim;
using namespace std::chrono_literals;

extern char** environ;

namespace {

constexpr auto patience = 60s;

/// The simulator as a child process. Ends with the object.
class simulator {
 public:
  explicit simulator(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), CAMHERD_SIM_PROGRAM);
    std::vector<char*> argv;
    for (auto& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    output_.reset(ends[0]);
    const camherd::unique_fd input{ends[1]};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input.get(), STDOUT_FILENO);
    const int code = ::posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    REQUIRE(code == 0);
  }
  ~simulator() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  simulator(const simulator&) = delete;
  simulator& operator=(const simulator&) = delete;

  /// Waits for the line "ready URL ..." and returns the URL of the first camera; empty if the
  /// program ended instead.
  [[nodiscard]] std::string first_url() {
    std::string text;
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (text.find('\n') == std::string::npos) {
      REQUIRE(std::chrono::steady_clock::now() < deadline);
      pollfd waiting{output_.get(), POLLIN, 0};
      ::poll(&waiting, 1, 1000);
      if (waiting.revents == 0) continue;
      char bytes[512];
      const ssize_t size = ::read(output_.get(), bytes, sizeof bytes);
      if (size <= 0) return {};
      text.append(bytes, static_cast<std::size_t>(size));
    }
    REQUIRE(text.starts_with("ready rtsp://127.0.0.1:"));
    return text.substr(6, text.find_first_of(" \n", 6) - 6);
  }

  /// The status it exits with, by itself or after `signal`.
  [[nodiscard]] int exit_status(int signal = 0) {
    if (signal != 0) ::kill(pid_, signal);
    int status = -1;
    REQUIRE(::waitpid(pid_, &status, 0) == pid_);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  pid_t pid_ = -1;
  camherd::unique_fd output_;
};

std::string log_path() {
  return (std::filesystem::temp_directory_path() /
          ("camherd-sim-e2e-" + std::to_string(::getpid())))
      .string();
}

std::optional<camherd::block_code> code_in(GstSample* sample) {
  GstVideoInfo info;
  GstVideoFrame frame;
  REQUIRE(gst_video_info_from_caps(&info, gst_sample_get_caps(sample)));
  REQUIRE(gst_video_frame_map(&frame, &info, gst_sample_get_buffer(sample), GST_MAP_READ));
  const auto stride = static_cast<std::size_t>(GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0));
  const auto height = static_cast<std::size_t>(info.height);
  const auto code = camherd::read_block_code(
      {{static_cast<const std::uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0)),
        stride * height},
       stride,
       static_cast<std::size_t>(info.width),
       height});
  gst_video_frame_unmap(&frame);
  return code;
}

/// Plays `url` through the elements in `decoding` and checks that the indices of `wanted`
/// pictures with a code follow each other and that each was sent before it came.
void check_pictures(const std::string& url, const std::string& decoding,
                    const camherd::sent_log_reader& log, std::uint64_t wanted) {
  GError* problem = nullptr;
  const std::string line = "rtspsrc protocols=tcp latency=0 location=" + url + " ! " +
                           decoding +
                           " ! videoconvert ! video/x-raw,format=I420 ! appsink name=out "
                           "sync=false";
  const sim::pipeline_ptr pipeline{gst_parse_launch(line.c_str(), &problem)};
  REQUIRE(problem == nullptr);
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  const auto out = sim::element_in(pipeline.get(), "out");

  std::optional<std::uint16_t> before;
  const auto deadline = std::chrono::steady_clock::now() + patience;
  std::uint64_t seen = 0;
  while (seen < wanted) {
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    const auto sample = sim::next_sample(pipeline.get(), out.get());
    REQUIRE(sample);
    REQUIRE(*sample != nullptr);
    const auto now = std::chrono::steady_clock::now();
    const auto code = code_in(sample->get());
    if (!code && !before) continue;  // decoders may show something before the first keyframe
    REQUIRE(code);
    CHECK(code->scene == 0);
    if (before) CHECK(code->index == (*before + 1U) % log.shape().slots);
    before = code->index;
    const auto sent = log.sent_at(0, code->index);
    REQUIRE(sent);
    CHECK(*sent <= now);
    ++seen;
  }
  CHECK(log.count(0) >= seen);
}

}  // namespace

TEST_CASE("every picture of a camera can be identified and was logged when sent",
          "[apps][sim][e2e]") {
  gst_init(nullptr, nullptr);
  struct variant {
    std::string codec;
    std::string depayloader;
    std::vector<std::string> decoders;
  };
  const std::vector<variant> variants{
      {"mjpeg", "rtpjpegdepay", {"jpegdec"}},
      {"h264", "rtph264depay ! h264parse", {"avdec_h264", "openh264dec"}},
      {"h265", "rtph265depay ! h265parse", {"avdec_h265", "libde265dec"}}};
  for (const auto& v : variants) {
    const auto decoder = std::ranges::find_if(
        v.decoders, [](const std::string& name) { return sim::has_element(name); });
    if (decoder == v.decoders.end()) {
      WARN("no decoder for " << v.codec << " among GStreamer's plugins: not checked");
      continue;
    }
    INFO(v.codec);
    const std::string path = log_path();
    simulator running{{"--port", "0", "--cameras", "2", "--codec", v.codec, "--size", "320x240",
                       "--fps", "10", "--seconds", "2", "--bitrate", "800k", "--sent-log",
                       path}};
    const std::string url = running.first_url();
    REQUIRE_FALSE(url.empty());
    const auto log = camherd::sent_log_reader::open(path);
    REQUIRE(log);
    check_pictures(url, v.depayloader + " ! " + *decoder, *log, 25);
    CHECK(running.exit_status(SIGINT) == 0);
    std::filesystem::remove(path);
  }
}

TEST_CASE("the simulator ends in order when told to", "[apps][sim][e2e]") {
  simulator running{{"--port", "0", "--size", "320x240", "--seconds", "1"}};
  REQUIRE_FALSE(running.first_url().empty());
  CHECK(running.exit_status(SIGTERM) == 0);
}

TEST_CASE("a port in use, an unreadable clip and wrong use have their exit status",
          "[apps][sim][e2e]") {
  simulator first{{"--port", "0", "--size", "320x240", "--seconds", "1"}};
  const std::string url = first.first_url();
  const auto colon = url.rfind(':');
  const std::string port = url.substr(colon + 1, url.find('/', colon) - colon - 1);
  simulator second{{"--port", port, "--size", "320x240", "--seconds", "1"}};
  CHECK(second.exit_status() == 1);
  simulator unreadable{{"--port", "0", "--clip", "/nonexistent.mp4"}};
  CHECK(unreadable.exit_status() == 1);
  simulator misused{{"--port", "0", "--size", "3x3"}};
  CHECK(misused.exit_status() == 2);
}
