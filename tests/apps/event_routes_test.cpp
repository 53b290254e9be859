#include "tests/apps/api_fixture.hpp"

#include <string>
#include <vector>

using namespace camherd;
using namespace camherd::testing;

namespace {

/// One viewer of the stream of events.
class viewer {
 public:
  viewer(std::uint16_t port, const std::string& query, const std::string& fields = "")
      : client_{port} {
    client_.say("GET /api/v1/events/stream" + query +
                " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token + "\r\n" +
                fields + "\r\n");
    head = client_.until("\r\n\r\n");
  }

  /// The data of the next event of this name.
  json next(const std::string& name) {
    client_.until("event: " + name + "\n");
    const auto text = client_.until("\n\n");
    CHECK(text.find(secret) == std::string::npos);
    const auto at = text.find("data: ");
    REQUIRE(at != std::string::npos);
    id = text.substr(0, at);
    return json::parse(text.substr(at + 6));
  }

  /// What the stream begins with when it is told of no event: where to go on.
  std::string first() { return client_.until("\n\n"); }

  std::string head;
  std::string id;

 private:
  raw_client client_;
};

herd_status yard_at(double fps) {
  camera_status yard;
  yard.health.name = yard.counters.name = "yard";
  yard.health.state = camera_state::streaming;
  yard.counters.rates.published = fps;
  yard.counters.flow.dropped_by[0] = 7;
  yard.counters.delivery.consumers = 2;
  return {.at = std::chrono::steady_clock::now(), .cameras = {yard}};
}

std::vector<std::string> names_in(const json& events) {
  std::vector<std::string> names;
  for (const auto& event : events) names.push_back(event["event"]);
  return names;
}

using names = std::vector<std::string>;

}  // namespace

TEST_CASE("the newest events are listed, oldest first, with their line of the log",
          "[api][events]") {
  api_fixture f;
  f.log().write(log_level::warning, "yard", "stalled", "says \xff\n", log_component::rtsp);
  f.log().write(log_level::info, "", "summary");
  f.log().write(log_level::error, "door", "failed");
  const auto all = f.ask("GET", "/api/v1/events");
  REQUIRE(all.status == 200);
  const auto& events = all.body["events"];
  REQUIRE(names_in(events) == names{"stalled", "summary", "failed"});
  const auto& stalled = events[0];
  CHECK(stalled["id"] == 1);
  CHECK(stalled["level"] == "warning");
  CHECK(stalled["component"] == "rtsp");
  CHECK(stalled["camera"] == "yard");
  CHECK(stalled["repeated"] == 0);
  const auto line = stalled["line"].get<std::string>();
  CHECK(line.find(" warning camera=yard event=stalled cause=\"says ") != std::string::npos);
  CHECK(line.find("\\u000a\" component=rtsp") != std::string::npos);
  CHECK(line.substr(17, 6) == stalled["at"].get<std::string>().substr(17, 6));
  CHECK(events[1]["camera"] == nullptr);

  const auto listed = [&](const std::string& query) {
    return names_in(f.ask("GET", "/api/v1/events?" + query).body["events"]);
  };
  CHECK(listed("limit=2") == names{"summary", "failed"});
  CHECK(listed("level=warning") == names{"stalled", "failed"});
  CHECK(listed("level=warning&limit=1&camera=yard") == names{"stalled"});
  CHECK(listed("camera=nobody").empty());
}

TEST_CASE("a wrong query about events is refused and names what is wrong", "[api][events]") {
  api_fixture f;
  for (const auto* query : {"limit=0", "limit=1001", "limit=x", "limit=", "level=loud"}) {
    const auto refused = f.ask("GET", "/api/v1/events?" + std::string{query});
    CHECK(refused.status == 422);
    CHECK(refused.detail().starts_with(std::string{query}.substr(0, 5)));
  }
  for (const auto* query : {"after=-1", "status=1", "level=x"})
    CHECK(f.ask("GET", "/api/v1/events/stream?" + std::string{query}).status == 422);
  CHECK(f.ask_anybody("GET", "/api/v1/events/stream").status == 401);
}

TEST_CASE("a new viewer hears of what happens from now on", "[api][events]") {
  api_fixture f;
  f.log().write(log_level::info, "yard", "before");
  viewer all{f.port(), ""};
  CHECK(all.head.find("text/event-stream") != std::string::npos);
  CHECK(all.first() == "id: 1\n\n");
  viewer warnings{f.port(), "?level=warning&camera=yard"};
  CHECK(warnings.first() == "id: 1\n\n");
  f.log().write(log_level::info, "yard", "connected");
  f.log().write(log_level::error, "door", "failed");
  f.log().write(log_level::warning, "yard", "stalled");
  CHECK(all.next("event")["event"] == "connected");
  CHECK(all.id == "id: 2\n");
  CHECK(all.next("event")["event"] == "failed");
  CHECK(all.next("event")["event"] == "stalled");
  CHECK(warnings.next("event")["event"] == "stalled");
}

TEST_CASE("a viewer that comes back gets what it missed", "[api][events]") {
  api_fixture f;
  for (const auto* event : {"a", "b", "c"}) f.log().write(log_level::info, "yard", event);
  viewer back{f.port(), "?after=1", "Last-Event-ID: 2\r\n"};
  CHECK(back.next("event")["event"] == "c");
  viewer after{f.port(), "?after=1"};
  CHECK(after.next("event")["event"] == "b");
  viewer of_another_run{f.port(), "", "Last-Event-ID: 99\r\n"};
  CHECK(of_another_run.next("event")["event"] == "a");
}

TEST_CASE("who asks for it is told the state at once and with every report", "[api][events]") {
  api_fixture f;
  f.report(yard_at(5));
  viewer all{f.port(), "?status=true"};
  viewer one{f.port(), "?status=true&camera=yard"};
  viewer unknown{f.port(), "?status=true&camera=nobody"};
  const auto first = all.next("status");
  REQUIRE(first["cameras"].size() == 3);
  const auto& yard = first["cameras"][0];
  CHECK(yard["name"] == "yard");
  CHECK(yard["state"] == "streaming");
  CHECK(yard["fps"] == 5.0);
  CHECK(yard["age_p50_ms"] == nullptr);
  CHECK(yard["dropped"] == 7);
  CHECK(yard["consumers"] == 2);
  CHECK(yard["from_file"] == true);
  CHECK(first["cameras"][2]["name"] == "door");
  CHECK(first["cameras"][2]["state"] == nullptr);
  CHECK(one.next("status")["cameras"].size() == 1);
  CHECK(unknown.next("status")["cameras"].empty());
  auto later = yard_at(6);
  later.cameras[0].counters.counts.published = 3;
  later.cameras[0].counters.counts.receive_to_published.record(std::chrono::milliseconds{4});
  f.report(later);
  CHECK(all.next("status")["cameras"][0]["fps"] == 6.0);
  CHECK(one.next("status")["cameras"][0]["age_p99_ms"] == 4.0);
}
