#include "actors/event_log.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/temporary_folder.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <numeric>
#include <sstream>

using namespace camherd;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

struct log_fixture {
  explicit log_fixture(log_format format = log_format::text) {
    auto logger = std::make_shared<spdlog::logger>(
        "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text));
    logger->set_pattern("%l %v");
    log = std::make_unique<event_log>(std::move(logger), format, time);
  }

  std::ostringstream text;
  std::shared_ptr<testing::manual_clock> time = std::make_shared<testing::manual_clock>();
  std::unique_ptr<event_log> log;
};

}  // namespace

TEST_CASE("a line names camera, event and cause", "[actors][log]") {
  log_fixture f;
  f.log->write(log_level::warning, "yard", "stall", "no picture for 10 s", log_component::rtsp);
  f.log->write(log_level::info, "", "started");
  CHECK(f.text.str() ==
        "warning camera=yard event=stall cause=\"no picture for 10 s\" component=rtsp\n"
        "info event=started component=herd\n");
}

TEST_CASE("what a camera says cannot forge a line or break JSON", "[actors][log]") {
  log_fixture text;
  text.log->write(log_level::info, "yard", "notice", "a\"b\\c\nerror camera=door");
  CHECK(text.text.str() ==
        "info camera=yard event=notice cause=\"a\\\"b\\\\c\\u000aerror camera=door\" "
        "component=herd\n");
  log_fixture json{log_format::json};
  json.log->write(log_level::info, "yard", "notice", "a\"\x01");
  CHECK(json.text.str() ==
        "info \"camera\":\"yard\",\"event\":\"notice\",\"cause\":\"a\\\"\\u0001\","
        "\"component\":\"herd\"\n");
}

TEST_CASE("a repeated line is written once a second with the number left out",
          "[actors][log]") {
  log_fixture f;
  for (int i = 0; i < 100; ++i) f.log->write(log_level::debug, "yard", "x");
  CHECK(f.text.str().empty());
  for (int i = 0; i < 100; ++i) f.log->write(log_level::error, "yard", "decode_error", "bad");
  f.log->write(log_level::error, "door", "decode_error", "bad");
  f.time->advance(1s);
  f.log->write(log_level::error, "yard", "decode_error", "bad");
  CHECK(f.text.str() ==
        "error camera=yard event=decode_error cause=\"bad\" component=herd\n"
        "error camera=door event=decode_error cause=\"bad\" component=herd\n"
        "error camera=yard event=decode_error cause=\"bad\" component=herd repeated=99\n");
}

TEST_CASE("the last count of a burst is written when the burst is over", "[actors][log]") {
  log_fixture f;
  for (int i = 0; i < 100; ++i) f.log->write(log_level::error, "yard", "decode_error", "bad");
  f.log->settle();
  const std::string first =
      "error camera=yard event=decode_error cause=\"bad\" component=herd\n";
  CHECK(f.text.str() == first);
  f.time->advance(1s);
  f.log->settle();
  const auto both = first +
                    "error camera=yard event=decode_error cause=\"bad\" component=herd "
                    "repeated=98\n";
  CHECK(f.text.str() == both);
  f.time->advance(1s);
  f.log->settle();
  CHECK(f.text.str() == both);
}

TEST_CASE("lines and repetitions add up to the events, however they come", "[actors][log]") {
  log_fixture f;
  std::uint64_t written = 0;
  for (int burst = 0; burst < 50; ++burst) {
    for (int i = 0; i < burst % 7; ++i, ++written)
      f.log->write(log_level::info, "yard", "notice", "x");
    f.time->advance(300ms);
    if (burst % 3 == 0) f.log->settle();
  }
  const auto feed = f.log->feed();
  f.log.reset();
  const auto lines = feed->latest(event_feed::kept);
  CHECK(lines.size() <= 16);
  CHECK(std::accumulate(lines.begin(), lines.end(), std::uint64_t{0},
                        [](auto sum, const auto& line) { return sum + 1 + line->repeated; }) ==
        written);
}

TEST_CASE("bytes that are not UTF-8 are replaced, in JSON and in text", "[actors][log]") {
  const auto hostile = "caf\xc3\xa9 \xff\xc3( \xed\xa0\x80 \xc2\x9b\0end"s;
  log_fixture json{log_format::json};
  json.log->write(log_level::warning, "yard", "notice", hostile);
  const auto line = json.text.str();
  const auto read = nlohmann::json::parse("{" + line.substr(line.find(' ') + 1) + "}");
  CHECK(read["cause"] == "caf\xc3\xa9 \uFFFD\uFFFD( \uFFFD\uFFFD\uFFFD \xc2\x9b\0end"s);
  log_fixture text;
  text.log->write(log_level::warning, "yard", "notice", hostile);
  CHECK(text.text.str() ==
        "warning camera=yard event=notice cause=\"caf\xc3\xa9 \uFFFD\uFFFD( "
        "\uFFFD\uFFFD\uFFFD \\u009b\\u0000end\" component=herd\n");
}

TEST_CASE("each component has a level of its own that changes while it runs", "[actors][log]") {
  log_fixture f;
  const auto say = [&](log_component component, const std::string& what) {
    f.log->write(log_level::debug, "yard", what, "", component);
  };
  say(log_component::decode, "first");
  f.log->set_level(log_component::decode, log_level::debug);
  CHECK(f.log->level(log_component::decode) == log_level::debug);
  CHECK(f.log->level(log_component::rtsp) == log_level::info);
  say(log_component::decode, "second");
  say(log_component::rtsp, "third");
  f.log->set_level(log_component::decode, log_level::off);
  f.log->write(log_level::error, "yard", "fourth", "", log_component::decode);
  CHECK(f.text.str() == "debug camera=yard event=second component=decode\n");
}

TEST_CASE("levels and components are read by every name they have", "[actors][log]") {
  for (const auto level : {log_level::debug, log_level::info, log_level::warning,
                           log_level::error, log_level::off})
    CHECK(read_log_level(to_string(level)) == level);
  CHECK(read_log_level("trace") == log_level::debug);
  CHECK(read_log_level("warn") == log_level::warning);
  CHECK(read_log_level("critical") == log_level::off);
  CHECK_FALSE(read_log_level("loud"));
  for (std::size_t i = 0; i < log_component_count; ++i) {
    const auto component = static_cast<log_component>(i);
    CHECK(read_log_component(to_string(component)) == component);
  }
  CHECK_FALSE(read_log_component("kitchen"));
}

TEST_CASE("a log file is renamed at its size, and so many are kept", "[actors][log]") {
  camherd::testing::temporary_folder folder;
  node_config node;
  node.log_format = log_format::json;
  node.log_file = folder / "logs/camherd.log";
  node.log_file_bytes = 2000;
  node.log_file_count = 2;
  {
    const auto log = make_event_log(node);
    for (int i = 0; i < 100; ++i)
      log->write(log_level::info, "yard", "notice", "line " + std::to_string(i));
  }
  const auto files = std::filesystem::directory_iterator{folder / "logs"};
  CHECK(std::distance(begin(files), end(files)) == 3);
  std::ifstream newest{node.log_file};
  std::string line;
  std::string last;
  while (std::getline(newest, line)) {
    last = nlohmann::json::parse(line)["cause"];
    CHECK(std::filesystem::file_size(node.log_file) <= node.log_file_bytes);
  }
  CHECK(last == "line 99");
  CHECK(std::filesystem::exists(folder / "logs/camherd.2.log"));
}

TEST_CASE("a log file that cannot be written is said in the log", "[actors][log]") {
  node_config node;
  node.log_file = "/proc/nothing/camherd.log";
  std::ostringstream text;
  const auto log = make_event_log(node, std::make_shared<spdlog::sinks::ostream_sink_mt>(text));
  CHECK(text.str().find("error event=log_file cause=") != std::string::npos);
  CHECK(text.str().find("/proc/nothing/camherd.log") != std::string::npos);
}
