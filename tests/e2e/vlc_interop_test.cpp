#include "tests/e2e/free_port.hpp"
#include "tests/e2e/herd_run.hpp"
#include "tests/e2e/line_search.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/encoder.hpp"
#include "tests/support/temporary_folder.hpp"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <optional>
#include <string>
#include <unistd.h>
#include <vector>

using namespace camherd;
using namespace camherd::testing;
using namespace std::chrono_literals;

namespace {

bool is_installed(const std::string& program) {
  const auto found = run_process({"sh", {"-c", "command -v " + program}, {}});
  return found && found->end == process_exit{0, 0};
}

/// VLC sending a clip of a minute over RTSP.
class vlc_server {
 public:
  explicit vlc_server(video_codec codec) : port_{free_port()} {
    namespace fs = std::filesystem;
    const auto home = folder_ / "home";
    const auto clip = folder_ / "clip.mkv";
    fs::create_directory(home);
    clip_options pictures;
    pictures.codec = codec;
    pictures.fps = 5;
    pictures.gop = 5;
    write_clip(clip, pictures, 300);
    command_line command{"vlc",
                         {"-I", "dummy", "-vv", "--no-color", "--loop", "--sout-keep", "--sout",
                          "#rtp{sdp=" + url() + "}", clip},
                         {{"HOME", home}}};
    // VLC will not run as root.
    if (::geteuid() == 0) {
      fs::permissions(folder_.path(), fs::perms{0755});
      fs::permissions(clip, fs::perms{0644});
      fs::permissions(home, fs::perms{0777});
      command.arguments.insert(command.arguments.begin(), {"--reuid=65534", "--regid=65534",
                                                           "--clear-groups", command.program});
      command.program = "setpriv";
    }
    auto started = child_process::start(command);
    REQUIRE(started);
    process_.emplace(*std::move(started));
    const auto track = [](const std::string& line) {
      return line.find("RTSP: adding /stream/") != std::string::npos;
    };
    const bool serves = find_log_line(*process_, track).has_value();
    INFO(process_->text(output::err));
    REQUIRE(serves);
  }

  [[nodiscard]] std::string url() const {
    return "rtsp://127.0.0.1:" + std::to_string(port_) + "/stream";
  }

 private:
  temporary_folder folder_;
  std::uint16_t port_;
  std::optional<child_process> process_;
};

}  // namespace

TEST_CASE("cameras stream from VLC, which offers UDP only", "[e2e][vlc]") {
  if (!is_installed("vlc")) {
    WARN("no vlc: its RTSP output was not tried");
    return;
  }
  const auto codec = GENERATE(video_codec::h264, video_codec::h265);
  const vlc_server vlc{codec};
  herd_run run{"  by-udp: {url: '" + vlc.url() + "', transport: udp}\n" +
               "  by-either: {url: '" + vlc.url() + "', transport: auto}\n" +
               "  by-tcp: {url: '" + vlc.url() + "', transport: tcp}\n"};
  const bool as_expected = run.logs("by-udp", "streaming") &&
                           run.logs("by-either", "streaming") &&
                           run.logs("by-tcp", "protocol", "try transport udp");
  // Nothing can be waited for while all goes well, but a few keyframes should be seen.
  const bool ended = run.process().wait(2s).has_value();
  const auto report = run.stop(SIGTERM);

  INFO(run.log());
  REQUIRE(as_expected);
  REQUIRE_FALSE(ended);
  for (const auto* camera : {"by-udp", "by-either"}) {
    INFO(camera);
    check_account(report.at(camera));
    CHECK(report.at(camera).decoded > 0);
    CHECK(report.at(camera).dropped.at("corrupt") == 0);
    CHECK(sum_of(report.at(camera).restarts) == 0);
  }
  CHECK(report.at("by-tcp").received == 0);
}
