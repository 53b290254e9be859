#include "tests/apps/http/connection_fixture.hpp"

using namespace camherd;
using namespace camherd::testing;

TEST_CASE("events are sent as they come, with a sign of life in between",
          "[http][connection][stream]") {
  connection_fixture f;
  f.client.says(get("/later"));
  auto events = f.later.at(0).open_events();
  f.later.clear();
  f.client.run();
  const auto head = f.client.heard();
  CHECK(head.find("\r\nContent-Type: text/event-stream\r\n") != std::string::npos);
  CHECK(head.find("Content-Length") == std::string::npos);
  CHECK(f.client.alarm == f.bounds.heartbeat);
  f.client.waits();
  CHECK(f.client.heard() == ":\n\n");
  CHECK(f.client.alarm == f.bounds.heartbeat);
  CHECK(events.send({"state", "1", "streaming"}));
  f.client.run();
  CHECK(f.client.heard() == "event: state\nid: 1\ndata: streaming\n\n");
  CHECK(f.counts.streams == 1);
  events.close();
  f.client.run();
  CHECK(f.client.output_ended);
  CHECK(f.counts.streams == 0);
}

TEST_CASE("a slow viewer skips pictures and gets the newest", "[http][connection][stream]") {
  connection_fixture f;
  f.client.says(get("/later"));
  auto pictures = f.later.at(0).open_multipart();
  f.client.run();
  CHECK(f.client.heard().ends_with("\r\n\r\n--camherd-next-part\r\n"));
  CHECK_FALSE(f.client.alarm);
  f.client.takes = false;
  for (const std::string text : {"one", "two", "three"}) {
    CHECK(pictures.send("image/jpeg", body{text}));
    f.client.run();
  }
  CHECK(f.client.alarm == f.bounds.write_timeout);
  f.client.takes = true;
  f.client.run();
  const auto heard = f.client.heard();
  CHECK(heard.find("one") < heard.find("three"));
  CHECK(heard.find("two") == std::string::npos);
  CHECK(pictures.dropped() == 1);
  CHECK(*f.counts.stream_drops == 1);
}

TEST_CASE("a client that misses events is told how many", "[http][connection][stream]") {
  connection_fixture f;
  f.bounds.stream_events = 2;
  f.client.says(get("/later"));
  auto events = f.later.at(0).open_events();
  f.client.run();
  f.client.takes = false;
  for (const auto* text : {"1", "2", "3", "4"}) {
    events.send({"", "", text});
    f.client.run();
  }
  f.client.heard();
  f.client.takes = true;
  f.client.run();
  CHECK(f.client.heard() == "data: 1\n\nevent: dropped\ndata: 1\n\ndata: 3\n\ndata: 4\n\n");
}

TEST_CASE("a viewer who takes nothing for too long is let go", "[http][connection][stream]") {
  connection_fixture f;
  f.client.says(get("/later"));
  auto pictures = f.later.at(0).open_multipart();
  int gone = 0;
  pictures.on_close([&] { ++gone; });
  f.client.run();
  f.client.takes = false;
  pictures.send("image/jpeg", body{std::string{"x"}});
  f.client.run();
  f.client.waits();
  CHECK(f.client.closed);
  CHECK(gone == 1);
  CHECK_FALSE(pictures.send("image/jpeg", body{std::string{"y"}}));
  CHECK(f.counts.streams == 0);
}

TEST_CASE("the sender of a stream learns at once that its viewer left",
          "[http][connection][stream]") {
  connection_fixture f;
  f.client.says(get("/later"));
  auto pictures = f.later.at(0).open_multipart();
  int gone = 0;
  pictures.on_close([&] { ++gone; });
  f.client.run();
  f.client.hangs_up();
  CHECK(gone == 1);
  CHECK_FALSE(pictures.open());
}

TEST_CASE("HEAD of a stream opens none", "[http][connection][stream]") {
  connection_fixture f;
  f.client.says("HEAD /later HTTP/1.1\r\n" + host);
  auto pictures = f.later.at(0).open_multipart();
  f.client.run();
  CHECK_FALSE(pictures.open());
  CHECK(f.client.heard().ends_with("\r\n\r\n"));
  CHECK(f.client.output_ended);
}
