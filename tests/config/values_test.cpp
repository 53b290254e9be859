#include "config/values.hpp"

#include "tests/config/parsing.hpp"

using namespace camherd;
using namespace camherd::testing;
using namespace std::chrono_literals;

namespace {

// The problem of one camera key with this value, without its place.
std::string camera_problem(std::string_view key, std::string_view value) {
  const auto text = problems("cameras: {a: {url: 'rtsp://h/', " + std::string{key} + ": " +
                             std::string{value} + "}}");
  const auto place_end = text.find(": ");
  return place_end == std::string::npos ? text : text.substr(place_end + 2);
}

camera_config camera_with(std::string_view key, std::string_view value) {
  return valid("cameras: {a: {url: 'rtsp://h/', " + std::string{key} + ": " +
               std::string{value} + "}}")
      .cameras.at(0);
}

}  // namespace

TEST_CASE("durations are read with each of their units", "[config][values]") {
  CHECK(camera_with("stall_timeout", "500ms").stall_timeout == 500ms);
  CHECK(camera_with("stall_timeout", "1.5s").stall_timeout == 1500ms);
  CHECK(camera_with("stall_timeout", "2 m").stall_timeout == 2min);
  CHECK(valid("node: {restart_delay_max: 1h}\ncameras:").node.restart_delay_max == 1h);
}

TEST_CASE("a duration without a unit is a problem with the likely one", "[config][values]") {
  CHECK(camera_problem("stall_timeout", "10") ==
        "stall_timeout '10' needs a unit (ms, s, m or h); did you mean 10s?");
  CHECK(camera_problem("max_age", "500") ==
        "max_age '500' needs a unit (ms, s, m or h); did you mean 500ms?");
}

TEST_CASE("durations out of range, of unknown units or of no number are problems",
          "[config][values]") {
  CHECK(camera_problem("stall_timeout", "11m") ==
        "stall_timeout '11m' must be from 100ms to 10m");
  CHECK(camera_problem("stall_timeout", "99999999999999999999h") ==
        "stall_timeout '99999999999999999999h' must be from 100ms to 10m");
  CHECK(camera_problem("stall_timeout", "10sec") ==
        "stall_timeout '10sec' has an unknown unit; use ms, s, m or h");
  CHECK(camera_problem("stall_timeout", "-5s") ==
        "stall_timeout '-5s' must be a duration such as 10s or 500ms");
  CHECK(camera_problem("stall_timeout", "1.2.3s") ==
        "stall_timeout '1.2.3s' must be a duration such as 10s or 500ms");
  CHECK(camera_problem("stall_timeout", "100.5ms") ==
        "stall_timeout '100.5ms' must be a whole number of milliseconds");
}

TEST_CASE("sizes are read with each of their units", "[config][values]") {
  CHECK(camera_with("idle_buffer_size", "8MiB").idle_buffer_bytes == 8 * 1024 * 1024);
  CHECK(camera_with("idle_buffer_size", "512kB").idle_buffer_bytes == 512'000);
  CHECK(camera_with("idle_buffer_size", "512 KiB").idle_buffer_bytes == 512 * 1024);
  CHECK(camera_with("idle_buffer_size", "70000B").idle_buffer_bytes == 70'000);
  CHECK(camera_with("idle_buffer_size", "0.1GB").idle_buffer_bytes == 100'000'000);
}

TEST_CASE("a size without a unit is a problem with the likely one", "[config][values]") {
  CHECK(
      camera_problem("idle_buffer_size", "8") ==
      "idle_buffer_size '8' needs a unit (B, kB, MB, GB, KiB, MiB or GiB); did you mean 8MiB?");
  CHECK(
      camera_problem("idle_buffer_size", "1000000") ==
      "idle_buffer_size '1000000' needs a unit (B, kB, MB, GB, KiB, MiB or GiB); did you mean "
      "1000000B?");
}

TEST_CASE("sizes out of range or of unknown units are problems", "[config][values]") {
  CHECK(camera_problem("idle_buffer_size", "1GiB") ==
        "idle_buffer_size '1GiB' must be from 64KiB to 256MiB");
  CHECK(camera_problem("idle_buffer_size", "8M") ==
        "idle_buffer_size '8M' has an unknown unit; use B, kB, MB, GB, KiB, MiB or GiB");
  CHECK(camera_problem("receive_buffer_size", "big") ==
        "receive_buffer_size 'big' must be a size such as 8MiB or 512kB, or auto");
}

TEST_CASE("counts have their range in the message", "[config][values]") {
  CHECK(camera_problem("frame_queue_size", "0") ==
        "frame_queue_size '0' must be from 1 to 1024");
  CHECK(camera_problem("frame_queue_size", "1025") ==
        "frame_queue_size '1025' must be from 1 to 1024");
  CHECK(camera_problem("frame_queue_size", "99999999999999999999999") ==
        "frame_queue_size '99999999999999999999999' must be from 1 to 1024");
  CHECK(camera_problem("frame_queue_size", "8.5") ==
        "frame_queue_size '8.5' must be a whole number");
  CHECK(problems("node: {io_threads: 17}\ncameras:") ==
        "1:20: io_threads '17' must be from 1 to 16");
}

TEST_CASE("a frame rate is above 0 or none", "[config][values]") {
  CHECK(camera_with("frames_per_second_limit", "0.5").frames_per_second_limit == 0.5);
  CHECK(camera_with("frames_per_second_limit", "none").frames_per_second_limit == 0);
  for (const std::string value : {"0", "1001"}) {
    CHECK(camera_problem("frames_per_second_limit", value) ==
          "frames_per_second_limit '" + value + "' must be from 0.001 to 1000, or none");
  }
  for (const std::string value : {"nan", "inf", "1e3", "5fps"}) {
    CHECK(camera_problem("frames_per_second_limit", value) ==
          "frames_per_second_limit '" + value + "' must be a number, or none");
  }
}

TEST_CASE("worker processes are refused in plain words", "[config][values]") {
  CHECK(valid("max_processes: 0\ncameras:").node.max_processes == 0);
  CHECK(problems("max_processes: 2\ncameras:") ==
        "1:16: max_processes '2' is not possible: worker processes are not built yet; only 0 "
        "(every camera in this process) is accepted");
}

TEST_CASE("choices list what may be chosen and guess what was meant", "[config][values]") {
  CHECK(camera_problem("idle", "keyframe") ==
        "idle 'keyframe' must be off, keyframes or full; did you mean keyframes?");
  CHECK(camera_problem("transport", "quic") == "transport 'quic' must be tcp, udp or auto");
}

TEST_CASE("switches take the words of YAML", "[config][values]") {
  CHECK(camera_with("verify_certificate", "yes").verify_certificate);
  CHECK(camera_with("verify_certificate", "On").verify_certificate);
  CHECK_FALSE(camera_with("enabled", "FALSE").enabled);
  CHECK(camera_problem("enabled", "1") == "enabled '1' must be true or false");
}

TEST_CASE("the runtime directory is an absolute path short enough for sockets",
          "[config][values]") {
  const auto read = [](const std::string& path) {
    return problems("node: {runtime_dir: " + path + "}\ncameras:");
  };
  const std::string longest = "/" + std::string(29, 'x');
  CHECK(valid("node: {runtime_dir: " + longest + "}\ncameras:").node.runtime_dir == longest);
  CHECK(valid("node: {runtime_dir: auto}\ncameras:").node.runtime_dir.empty());
  CHECK(valid("node: {state_dir: /var/lib/herd}\ncameras:").node.state_dir == "/var/lib/herd");
  CHECK(valid("node: {state_dir: auto}\ncameras:").node.state_dir.empty());
  CHECK(problems("node: {state_dir: herd}\ncameras:") ==
        "1:19: state_dir 'herd' must be an absolute path, or auto");
  CHECK(problems("node: {state_dir: /" + std::string(1024, 'x') + "}\ncameras:") ==
        "1:19: state_dir must be a path of at most 1024 bytes, or auto");
  CHECK(read(longest + "x") ==
        "1:21: runtime_dir must be a path of at most 30 bytes, so that the paths of the "
        "cameras' sockets in it are not too long, or auto");
  CHECK(read("run/camherd") == "1:21: runtime_dir must be an absolute path, or auto");
  CHECK(read("''").find("must be an absolute path, or auto") != std::string::npos);
  CHECK(read("\"/a\\n\"").find("without control characters, or auto") != std::string::npos);
}

TEST_CASE("a restart delay longer than its maximum is a problem", "[config][values]") {
  CHECK(problems("node: {restart_delay: 5m}\ncameras:") ==
        "1:23: restart_delay is longer than restart_delay_max");
}

TEST_CASE("durations and sizes are printed in the largest unit that is exact",
          "[config][values]") {
  CHECK(print_duration(0ms) == "0ms");
  CHECK(print_duration(1500ms) == "1500ms");
  CHECK(print_duration(90s) == "90s");
  CHECK(print_duration(120s) == "2m");
  CHECK(print_duration(3h) == "3h");
  CHECK(print_size(0) == "0B");
  CHECK(print_size(1000) == "1000B");
  CHECK(print_size(3 * 1024) == "3KiB");
  CHECK(print_size(std::size_t{2} << 30) == "2GiB");
}
