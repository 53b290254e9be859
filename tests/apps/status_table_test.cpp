#include "apps/camherd/status_table.hpp"

#include "tests/support/catch.hpp"

using namespace camherd;

namespace {

camera_status camera(const std::string& name, camera_state state,
                     const std::string& detail = "") {
  camera_status status;
  status.health.name = status.counters.name = name;
  status.health.state = state;
  status.health.detail = detail;
  status.counters.rates.received = 6;
  status.counters.rates.decoded = 5.5;
  return status;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the table has a summary, a head, and a line a camera", "[apps][table]") {
  herd_status status;
  status.cameras = {camera("yard", camera_state::streaming),
                    camera("door", camera_state::backoff, "connection refused")};
  status.cameras[0].counters.flow.dropped_by[static_cast<std::size_t>(drop_reason::stale)] = 7;
  status.cameras[0].counters.delivery.consumers = 12;
  const auto lines = render_status(status, {.columns = 120, .rows = 24}, colour::off);
  REQUIRE(lines.size() == 4);
  CHECK(lines[2].substr(lines[1].find("CONS"), 4) == "  12");
  CHECK(lines[2].substr(lines[1].find("FPS IN"), 6) == "   6.0");
  CHECK(contains(lines[0], "1 of 2 cameras streaming, 12 fps in, 11 decoded"));
  CHECK(contains(lines[2], "yard"));
  CHECK(contains(lines[2], "streaming"));
  CHECK(contains(lines[2], "stale 7"));
  CHECK(contains(lines[3], "connection refused"));
}

TEST_CASE("where not all cameras fit those in trouble are shown", "[apps][table]") {
  herd_status status;
  for (int i = 0; i < 30; ++i) {
    status.cameras.push_back(camera("well-" + std::to_string(i), camera_state::streaming));
  }
  status.cameras.push_back(camera("ill", camera_state::quarantined));
  const auto lines = render_status(status, {.columns = 80, .rows = 10}, colour::off);
  REQUIRE(lines.size() == 10);
  CHECK(contains(lines[2], "ill"));
  CHECK(contains(lines[9], "and 24 more"));
}

TEST_CASE("no line is wider than the terminal, and none can carry control characters",
          "[apps][table]") {
  herd_status status;
  status.cameras = {camera(std::string(63, 'x'), camera_state::failed,
                           "the camera says \x1b[2J\nand a lot more " + std::string(300, 'y'))};
  for (const std::size_t columns : {20U, 60U, 132U}) {
    for (const auto& line :
         render_status(status, {.columns = columns, .rows = 24}, colour::off)) {
      CHECK(line.size() <= columns);
      CHECK(line.find('\x1b') == std::string::npos);
      CHECK(line.find('\n') == std::string::npos);
    }
  }
}

TEST_CASE("colour touches the state alone", "[apps][table]") {
  herd_status status;
  status.cameras = {camera("yard", camera_state::streaming)};
  const auto plain = render_status(status, {.columns = 100, .rows = 5}, colour::off)[2];
  auto coloured = render_status(status, {.columns = 100, .rows = 5}, colour::on)[2];
  CHECK(contains(coloured, "\x1b[32mstreaming"));
  for (const std::string code : {"\x1b[32m", "\x1b[0m"}) {
    coloured.erase(coloured.find(code), code.size());
  }
  CHECK(coloured == plain);
}
