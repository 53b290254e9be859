#include "actors/event_feed.hpp"

#include "actors/event_log.hpp"
#include "tests/support/catch.hpp"

#include <spdlog/sinks/null_sink.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <thread>

using namespace camherd;

namespace {

void add(event_feed& feed, const std::string& camera, const std::string& event) {
  node_event e;
  e.camera = camera;
  e.event = event;
  feed.add(std::move(e));
}

std::vector<std::uint64_t> ids(const std::vector<event_ptr>& events) {
  std::vector<std::uint64_t> found;
  for (const auto& e : events) found.push_back(e->id);
  return found;
}

using numbers = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("the feed keeps the last thousand events", "[actors][feed]") {
  event_feed feed;
  for (std::size_t i = 0; i < event_feed::kept + 7; ++i) add(feed, "yard", "x");
  const auto all = feed.latest(2 * event_feed::kept);
  REQUIRE(all.size() == event_feed::kept);
  CHECK(all.front()->id == 8);
  CHECK(all.back()->id == event_feed::kept + 7);
}

TEST_CASE("the newest events of one camera, of the node, or of all", "[actors][feed]") {
  event_feed feed;
  add(feed, "yard", "a");
  add(feed, "door", "b");
  add(feed, "", "c");
  add(feed, "yard", "d");
  add(feed, "yard", "e");
  CHECK(ids(feed.latest(2, "yard")) == numbers{4, 5});
  CHECK(ids(feed.latest(9, "")) == numbers{3});
  CHECK(ids(feed.latest(3)) == numbers{3, 4, 5});
  CHECK(feed.latest(0).empty());
}

TEST_CASE("a subscriber gets what it missed, then what comes, until it leaves",
          "[actors][feed]") {
  event_feed feed;
  for (int i = 0; i < 3; ++i) add(feed, "yard", "x");
  numbers heard;
  {
    const auto subscription =
        feed.subscribe(1, [&](const event_ptr& e) { heard.push_back(e->id); });
    CHECK(heard == numbers{2, 3});
    add(feed, "yard", "x");
  }
  add(feed, "yard", "x");
  CHECK(heard == numbers{2, 3, 4});
}

TEST_CASE("an id of an earlier process is no reason to miss anything", "[actors][feed]") {
  event_feed feed;
  add(feed, "yard", "x");
  numbers heard;
  const auto subscription =
      feed.subscribe(5000, [&](const event_ptr& e) { heard.push_back(e->id); });
  CHECK(heard == numbers{1});
}

TEST_CASE("a subscription may outlive its feed, and may be given away", "[actors][feed]") {
  event_subscription kept;
  {
    event_feed feed;
    int heard = 0;
    auto subscription = feed.subscribe(0, [&](const event_ptr&) { ++heard; });
    kept = std::move(subscription);
    add(feed, "yard", "x");
    CHECK(heard == 1);
  }
}

TEST_CASE("events of many threads reach each subscriber in their order", "[actors][feed]") {
  event_feed feed;
  numbers heard;
  const auto subscription =
      feed.subscribe(0, [&](const event_ptr& e) { heard.push_back(e->id); });
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) add(feed, "yard", "x");
    });
  }
  for (auto& thread : threads) thread.join();
  REQUIRE(heard.size() == 2000);
  for (std::size_t i = 0; i < heard.size(); ++i) CHECK(heard[i] == i + 1);
}

TEST_CASE("the log fills its feed, whatever is written to the file", "[actors][feed][log]") {
  auto logger =
      std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::null_sink_mt>());
  logger->set_level(spdlog::level::off);
  event_log log{std::move(logger), log_format::text, std::make_shared<machine_clock>()};
  log.write(log_level::debug, "yard", "decode_error", "x", log_component::decode);
  log.write(log_level::warning, "yard", "stall", "no \xff picture", log_component::rtsp);
  const auto events = log.feed()->latest(10);
  REQUIRE(events.size() == 1);
  const auto& e = *events[0];
  CHECK(e.level == log_level::warning);
  CHECK(e.component == log_component::rtsp);
  CHECK(e.camera == "yard");
  CHECK(e.event == "stall");
  CHECK(e.cause == "no \uFFFD picture");
  CHECK(e.at > wall_time{});
}
