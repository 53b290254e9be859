#include "apps/camherd/http/stream.hpp"

#include "apps/camherd/http/outbox.hpp"
#include "tests/support/catch.hpp"

#include <deque>

using namespace camherd::http;

namespace {

/// Pieces of at most 3 and 100 bytes, and a loop that runs when told to.
struct box_fixture {
  std::deque<io_gate::task> tasks;
  std::shared_ptr<io_gate> gate = std::make_shared<io_gate>(
      [this](io_gate::task task) { tasks.push_back(std::move(task)); });
  std::shared_ptr<std::atomic<std::uint64_t>> drops =
      std::make_shared<std::atomic<std::uint64_t>>(0);
  std::shared_ptr<outbox> box = std::make_shared<outbox>(outbox::bounds{3, 100}, gate, drops);

  std::string take() {
    const auto next = box->take();
    return next.piece ? next.piece->head : "";
  }
};

}  // namespace

TEST_CASE("an event is written as the standard reads it", "[http][stream]") {
  CHECK(to_text({"", "", "hello"}) == "data: hello\n\n");
  CHECK(to_text({"state", "7", "{}"}) == "event: state\nid: 7\ndata: {}\n\n");
  CHECK(to_text({"", "", "a\nb\r\nc\rd"}) == "data: a\ndata: b\ndata: c\ndata: d\n\n");
  CHECK(to_text({"", "", ""}) == "data: \n\n");
}

TEST_CASE("no field of an event can forge another", "[http][stream][hostile]") {
  CHECK(to_text({"x\ndata: forged", "1\r\nretry: 0", "y\n\nevent: forged"}) ==
        "event: xdata: forged\nid: 1retry: 0\ndata: y\ndata: \ndata: event: forged\n\n");
}

TEST_CASE("a slow client loses the oldest pieces, and they are counted", "[http][stream]") {
  box_fixture f;
  for (const auto* text : {"1", "2", "3", "4", "5"}) CHECK(f.box->push({text, {}, {}}));
  CHECK(f.box->dropped() == 2);
  CHECK(*f.drops == 2);
  const auto next = f.box->take();
  CHECK(next.piece->head == "3");
  CHECK(next.dropped_before == 2);
  CHECK(f.box->take().dropped_before == 0);
  CHECK(f.take() == "5");
  CHECK(f.take().empty());
}

TEST_CASE("what waits is bounded in bytes, but the newest always waits", "[http][stream]") {
  box_fixture f;
  CHECK(f.box->push({"small", {}, {}}));
  CHECK(f.box->push({"x", body{std::string(500, 'x')}, {}}));
  CHECK(f.box->dropped() == 1);
  CHECK(f.take() == "x");
  CHECK(f.box->push({"a", {}, {}}));
  CHECK(f.box->dropped() == 1);
}

TEST_CASE("the connection is woken once until it has taken something", "[http][stream]") {
  box_fixture f;
  int woken = 0;
  f.box->connect([&] { ++woken; });
  for (const auto* text : {"1", "2", "3"}) f.box->push({text, {}, {}});
  CHECK(f.tasks.size() == 1);
  f.tasks.front()();
  CHECK(woken == 1);
  CHECK(f.take() == "1");
  f.box->push({"4", {}, {}});
  CHECK(f.tasks.size() == 2);
}

TEST_CASE("what was sent before the connection is ready is not lost", "[http][stream]") {
  box_fixture f;
  f.box->push({"early", {}, {}});
  CHECK(f.tasks.empty());
  f.box->connect([] {});
  CHECK(f.tasks.size() == 1);
  CHECK(f.take() == "early");
}

TEST_CASE("the sender learns that the client has gone", "[http][stream]") {
  box_fixture f;
  event_stream stream{f.box};
  int gone = 0;
  stream.on_close([&] { ++gone; });
  CHECK(stream.open());
  f.box->leave();
  CHECK(gone == 1);
  CHECK_FALSE(stream.open());
  CHECK_FALSE(stream.send({"", "", "late"}));
  stream.on_close([&] { ++gone; });
  CHECK(gone == 2);
  f.box->leave();
  CHECK(gone == 2);
}

TEST_CASE("a stream ends when its last copy goes", "[http][stream]") {
  box_fixture f;
  {
    event_stream last{f.box};
    {
      const event_stream copy = last;
      last.send({"", "", "x"});
    }
    CHECK(f.box->open());
  }
  CHECK_FALSE(f.box->open());
  CHECK(f.box->take().ended);
}

TEST_CASE("a part is followed by the boundary that makes browsers show it", "[http][stream]") {
  box_fixture f;
  multipart_stream stream{f.box};
  CHECK(stream.send("image/jpeg", body{std::string{"JPEG"}}));
  const auto part = *f.box->take().piece;
  CHECK(part.head == "Content-Type: image/jpeg\r\nContent-Length: 4\r\n\r\n");
  CHECK(part.content.bytes() == "JPEG");
  CHECK(part.tail == "\r\n--camherd-next-part\r\n");
}
