#include "apps/camherd/remote/camera_table.hpp"

#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

#include <chrono>

using namespace camherd;
using namespace camherd::remote;
using json = nlohmann::ordered_json;

namespace {

std::vector<std::string> names_of(const std::vector<camera_row>& rows) {
  std::vector<std::string> names;
  for (const auto& row : rows) names.push_back(row.name);
  return names;
}

std::vector<std::string> sorted(std::vector<camera_row> rows, column by,
                                order wanted = order::natural) {
  sort_rows(rows, by, wanted);
  return names_of(rows);
}

camera_row row(std::string name, std::string state = "streaming", double fps = 0) {
  camera_row made;
  made.name = std::move(name);
  made.state = std::move(state);
  made.published_fps = fps;
  return made;
}

using texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a camera of the API becomes a row", "[remote][table]") {
  const auto rows = read_cameras(json::parse(R"({"cameras": [{
      "name": "yard", "url": "rtsp://h/", "enabled": true, "started": false,
      "state": "backoff", "detail": "refused\u001b", "responsive": true,
      "rates": {"received": 25.5, "decoded": 20, "published": 12.25, "bits": 2000000},
      "dropped": {"late": 3, "damaged": 4}, "restarts": {"stalled": 2},
      "latency_ms": {"p50": 3.5, "p99": 12, "max": 90}, "packets_lost": 5,
      "delivery": {"consumers": 6}}]})"));
  REQUIRE(rows);
  REQUIRE(rows->size() == 1);
  const auto& yard = rows->front();
  CHECK(yard.detail == "refused?");
  CHECK_FALSE(yard.started);
  const auto columns = list_columns();
  const auto widths = widths_for(columns, *rows);
  CHECK(heading_line(columns, widths) ==
        "CAMERA  STATE                FPS  P50 ms  P99 ms  DROPPED   RST  CONS  URL        "
        "DETAIL");
  CHECK(row_line(yard, columns, widths) ==
        "yard    backoff             12.2     3.5      12        7     2     6  rtsp://h/  "
        "refused?");
}

TEST_CASE("a camera of which nothing was reported yet is unknown", "[remote][table]") {
  const auto rows = read_cameras(json::parse(R"({"cameras": [{"name": "a", "state": null},
                                  {"name": "b", "state": "streaming", "responsive": false}]})"));
  REQUIRE(rows);
  CHECK((*rows)[0].state == "unknown");
  CHECK((*rows)[1].state == "unresponsive");
}

TEST_CASE("what is no list of cameras is an error", "[remote][table]") {
  for (const auto* text : {"null", "[]", "{}", R"({"cameras": {}})", R"({"cameras": [1]})",
                           R"({"cameras": [{}]})", R"({"cameras": [{"name": 5}]})"}) {
    INFO(text);
    const auto rows = read_cameras(json::parse(text));
    REQUIRE_FALSE(rows);
    CHECK(rows.error().kind() == error_kind::corrupt);
  }
}

TEST_CASE("values of another type count as missing", "[remote][table]") {
  const auto rows = read_cameras(json::parse(
      R"({"cameras": [{"name": "a", "rates": 5, "dropped": [1], "latency_ms": "x",
                       "delivery": {"consumers": "many"}, "packets_lost": null}]})"));
  REQUIRE(rows);
  CHECK((*rows)[0].published_fps == 0);
  CHECK((*rows)[0].consumers == 0);
}

TEST_CASE("names are sorted as people count", "[remote][table]") {
  CHECK(sorted({row("cam10"), row("Cam2"), row("cam1"), row("bay")}, column::name) ==
        texts{"bay", "cam1", "Cam2", "cam10"});
  CHECK(sorted({row("a"), row("b")}, column::name, order::reversed) == texts{"b", "a"});
  CHECK(sorted({row("c007"), row("c7"), row("c07")}, column::name) ==
        texts{"c007", "c07", "c7"});
}

TEST_CASE("numbers are sorted from much to little and states from bad to good",
          "[remote][table]") {
  CHECK(sorted({row("a", "streaming", 5), row("b", "streaming", 25), row("c", "streaming", 5)},
               column::fps) == texts{"b", "a", "c"});
  CHECK(sorted({row("a"), row("b", "stopped"), row("c", "backoff"), row("d", "unresponsive")},
               column::state) == texts{"d", "c", "a", "b"});
}

TEST_CASE("drops are counted since the sample before", "[remote][table]") {
  auto before = std::vector{row("a"), row("b")};
  before[0].dropped = 10;
  before[1].dropped = 10;
  auto now = std::vector{row("a"), row("b"), row("new")};
  now[0].dropped = 14;
  now[1].dropped = 3;  // counts anew
  now[2].dropped = 9;
  note_drops(now, before, std::chrono::seconds{2});
  CHECK(now[0].dropped_fps == 2);
  CHECK(now[1].dropped_fps == 0);
  CHECK(now[2].dropped_fps == 0);
}

TEST_CASE("every column is found by its key", "[remote][table]") {
  for (const auto c : top_columns()) CHECK(column_named(key_of(c)) == c);
  CHECK_FALSE(column_named("nothing"));
}
