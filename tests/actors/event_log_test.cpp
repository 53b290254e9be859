#include "actors/event_log.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/manual_clock.hpp"

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <sstream>

using namespace camherd;
using namespace std::chrono_literals;

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
  f.log->write(log_level::warning, "yard", "stall", "no picture for 10 s");
  f.log->write(log_level::info, "", "started");
  CHECK(f.text.str() ==
        "warning camera=yard event=stall cause=\"no picture for 10 s\"\ninfo event=started\n");
}

TEST_CASE("what a camera says cannot forge a line or break JSON", "[actors][log]") {
  log_fixture text;
  text.log->write(log_level::info, "yard", "notice", "a\"b\\c\nerror camera=door");
  CHECK(text.text.str() ==
        "info camera=yard event=notice cause=\"a\\\"b\\\\c\\u000aerror camera=door\"\n");
  log_fixture json{log_format::json};
  json.log->write(log_level::info, "yard", "notice", "a\"\x01");
  CHECK(json.text.str() ==
        "info \"camera\":\"yard\",\"event\":\"notice\",\"cause\":\"a\\\"\\u0001\"\n");
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
        "error camera=yard event=decode_error cause=\"bad\"\n"
        "error camera=door event=decode_error cause=\"bad\"\n"
        "error camera=yard event=decode_error cause=\"bad\" repeated=99\n");
}
