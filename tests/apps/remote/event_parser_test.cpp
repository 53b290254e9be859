#include "apps/camherd/remote/event_parser.hpp"

#include "tests/support/catch.hpp"

#include <string>
#include <vector>

using namespace camherd;
using namespace camherd::remote;

namespace {

struct reading {
  std::vector<std::string> events;  // "name/id/data"
  std::string last_id;
  bool good = true;

  friend bool operator==(const reading&, const reading&) = default;
};

reading read(std::string_view text, std::size_t piece = 1000) {
  event_parser parser{64};
  reading made;
  while (!text.empty() && made.good) {
    const auto part = text.substr(0, piece);
    text.remove_prefix(part.size());
    const auto fed = parser.feed(part, [&](const server_event& event) {
      made.events.push_back(event.name + '/' + event.id + '/' + event.data);
    });
    made.good = fed.has_value();
  }
  made.last_id = parser.last_id();
  return made;
}

using texts = std::vector<std::string>;

}  // namespace

TEST_CASE("an event has its name, its id and its lines of data", "[remote][events]") {
  const auto made = read("event: event\nid: 12\ndata: {\"a\":\ndata:  1}\n\ndata\n\n");
  CHECK(made.events == texts{"event/12/{\"a\":\n 1}", "message/12/"});
  CHECK(made.last_id == "12");
}

TEST_CASE("lines may end in any way and a mark may stand first", "[remote][events]") {
  CHECK(read("\xef\xbb\xbf"
             "data: 1\r\n\r\ndata: 2\r\rdata: 3\n\n")
            .events == texts{"message//1", "message//2", "message//3"});
}

TEST_CASE("comments, unknown fields and events without data are skipped", "[remote][events]") {
  CHECK(read(": alive\n\nretry: 5\nnonsense: 1\n\nevent: x\n\ndata: 1\n\n").events ==
        texts{"message//1"});
}

TEST_CASE("an id counts without an event", "[remote][events]") {
  CHECK(read("id: 7\n\n").last_id == "7");
  CHECK(read(std::string{"id: 7\n\nid: 8\0\n\n", 15}).last_id == "7");
}

TEST_CASE("an event that never ends is not told", "[remote][events]") {
  CHECK(read("data: 1\n").events.empty());
}

TEST_CASE("how the bytes are cut makes no difference", "[remote][events]") {
  const std::string text =
      "\xef\xbb\xbf"
      ": x\r\nevent: event\r\nid: 1\r\ndata: a\r\ndata: b\r\n\r\nid: 2\rdata: c\r\rdata: d\n\n";
  const auto whole = read(text);
  REQUIRE(whole.events.size() == 3);
  for (std::size_t piece = 1; piece < text.size(); ++piece) {
    INFO(piece);
    CHECK(read(text, piece) == whole);
  }
}

TEST_CASE("a line or an event without end is an error and nothing is kept of it",
          "[remote][events]") {
  CHECK_FALSE(read("data: " + std::string(100, 'x'), 10).good);
  std::string lines;
  for (int i = 0; i < 10; ++i) lines += "data: 0123456789\n";
  CHECK_FALSE(read(lines).good);
  CHECK(read(lines).events.empty());
}
