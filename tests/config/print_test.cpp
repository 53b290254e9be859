#include "tests/config/parsing.hpp"

using namespace camherd;
using namespace camherd::testing;
using namespace std::chrono_literals;

TEST_CASE("a printed configuration parses to the same", "[config][print]") {
  const auto c = valid(
      "node: {runtime_dir: '/run/my \"${V:-v}$${W}\": #x', state_dir: /var/x, "
      "io_threads: 3, decode_threads: 7, "
      "restart_delay: 1500ms, connects_per_second: "
      "0.5}\n"
      "log: {level: debug, format: json}\n"
      "process_restart_threshold: 3\n"
      "cameras:\n"
      "  a:\n"
      "    url: 'rtsp://us%20er@[fe80::1%25eth0]:8554/x?y=\"z\\\"&${V:-v}$${W}'\n"
      "    enabled: no\n"
      "    transport: auto\n"
      "    frames_per_second_limit: 12.5\n"
      "    frame_queue_size: 1\n"
      "    max_age: 30s\n"
      "    idle: full\n"
      "    idle_buffer_size: 100kB\n"
      "    max_leases: 256\n"
      "    demand_hold: 0ms\n"
      "    corrupt: flag\n"
      "    error_threshold: 1\n"
      "    stall_timeout: 1m\n"
      "    first_frame_timeout: 2m\n"
      "    connect_timeout: 1s\n"
      "    reorder_delay: 0ms\n"
      "    receive_buffer_size: 2MiB\n"
      "    max_access_unit_size: 70000B\n"
      "    verify_certificate: true\n"
      "    loop: false\n"
      "  b: file:////double/slash.mp4\n"
      "  c: 'file:relative clip\t.mp4'\n");
  CHECK(valid(to_yaml(c)) == c);
}

TEST_CASE("a printed configuration shows no password", "[config][print][secrets]") {
  const auto c = valid(
      "defaults: {username: viewer, password: hunter2}\n"
      "cameras:\n"
      "  a: rtsp://admin:hunter2@h/\n"
      "  b: {url: 'rtsp://h/', password: hunter2}\n"
      "  c: rtsp://h/\n"
      "  d: http://h/video?user=admin&password=hunter2\n"
      "  e: file:clip.mp4?token=hunter2\n");
  const auto yaml = to_yaml(c);
  CHECK(yaml.find("hunter2") == std::string::npos);
  CHECK(yaml.find("\"rtsp://admin:***@h/\"") != std::string::npos);
  CHECK(yaml.find("\"rtsp://viewer:***@h/\"") != std::string::npos);
}

TEST_CASE("no cameras are printed so that they can be read again", "[config][print]") {
  const auto c = valid("cameras:");
  CHECK(valid(to_yaml(c)) == c);
}

TEST_CASE("a problem is printed as compilers print it", "[config][print]") {
  CHECK(to_string("a.yaml", {3, 7, "text"}) == "a.yaml:3:7: text");
  CHECK(to_string("a.yaml", {0, 0, "text"}) == "a.yaml: text");
}
