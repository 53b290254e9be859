#include "apps/camherd-sim/gst_handles.hpp"
#include "apps/camherd-sim/pipeline_bus.hpp"
#include "core/base/block_code.hpp"
#include "core/base/sent_log.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gst/app/gstappsink.h>
#include <gst/video/video.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sim = camherd::sim;
using namespace camherd::testing;
using namespace std::chrono_literals;

namespace {

constexpr auto patience = 60s;

/// A running camherd-sim.
child_process start_simulator(std::vector<std::string> arguments) {
  auto started = child_process::start(
      {.program = CAMHERD_SIM_PROGRAM, .arguments = std::move(arguments), .environment = {}});
  REQUIRE(started);
  return *std::move(started);
}

/// Waits for the line "ready URL ..." and returns the URL of the first camera.
std::string first_url(child_process& simulator) {
  const auto line = simulator.wait_for_line(output::out, "ready rtsp://127.0.0.1:", patience);
  REQUIRE(line);
  REQUIRE(line->starts_with("ready rtsp://127.0.0.1:"));
  return line->substr(6, line->find(' ', 6) - 6);
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
    const temporary_folder folder;
    const std::string path = folder / "sent.log";
    auto running = start_simulator({"--port", "0", "--cameras", "2", "--codec", v.codec,
                                    "--size", "320x240", "--fps", "10", "--seconds", "2",
                                    "--bitrate", "800k", "--sent-log", path});
    const std::string url = first_url(running);
    const auto log = camherd::sent_log_reader::open(path);
    REQUIRE(log);
    check_pictures(url, v.depayloader + " ! " + *decoder, *log, 25);
    running.send_signal(SIGINT);
    CHECK(running.wait(patience) == process_exit{.code = 0});
  }
}

TEST_CASE("the simulator ends in order when told to", "[apps][sim][e2e]") {
  auto running = start_simulator({"--port", "0", "--size", "320x240", "--seconds", "1"});
  REQUIRE_FALSE(first_url(running).empty());
  running.send_signal(SIGTERM);
  CHECK(running.wait(patience) == process_exit{.code = 0});
}

TEST_CASE("a port in use, an unreadable clip and wrong use have their exit status",
          "[apps][sim][e2e]") {
  auto first = start_simulator({"--port", "0", "--size", "320x240", "--seconds", "1"});
  const std::string url = first_url(first);
  const auto colon = url.rfind(':');
  const std::string port = url.substr(colon + 1, url.find('/', colon) - colon - 1);
  auto second = start_simulator({"--port", port, "--size", "320x240", "--seconds", "1"});
  CHECK(second.wait(patience) == process_exit{.code = 1});
  auto unreadable = start_simulator({"--port", "0", "--clip", "/nonexistent.mp4"});
  CHECK(unreadable.wait(patience) == process_exit{.code = 1});
  auto misused = start_simulator({"--port", "0", "--size", "3x3"});
  CHECK(misused.wait(patience) == process_exit{.code = 2});
}
