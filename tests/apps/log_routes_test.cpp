#include "tests/apps/api_fixture.hpp"

using namespace camherd;
using namespace camherd::testing;

TEST_CASE("the levels of the log are shown and changed", "[api][log]") {
  api_fixture f;
  const auto change = [&](const std::string& body) {
    return f.ask("PATCH", "/api/v1/log", body);
  };
  CHECK(f.ask("GET", "/api/v1/log").body["levels"]["rtsp"] == "info");
  const auto changed = change(R"({"levels": {"rtsp": "debug", "http": "warning"}})");
  CHECK(changed.status == 200);
  CHECK(changed.body["levels"]["rtsp"] == "debug");
  CHECK(changed.body["levels"]["decode"] == "info");
  CHECK(f.log().level(log_component::rtsp) == log_level::debug);
  CHECK(f.log().level(log_component::http) == log_level::warning);
  CHECK(change(R"({"levels": "error"})").body["levels"]["herd"] == "error");
}

TEST_CASE("wrong levels change nothing", "[api][log]") {
  api_fixture f;
  const auto change = [&](const std::string& body) {
    return f.ask("PATCH", "/api/v1/log", body);
  };
  CHECK(change("[]").status == 400);
  CHECK(change("{}").status == 400);
  CHECK(change(R"({"levels": 3})").status == 422);
  CHECK(change(R"({"levels": {"herd": "debug", "rtsp": "loud"}})").status == 422);
  CHECK(change(R"({"levels": {"herd": "debug", "pixels": "info"}})").status == 422);
  CHECK(f.log().level(log_component::herd) == log_level::info);
  CHECK(f.ask_anybody("PATCH", "/api/v1/log", R"({"levels": "debug"})").status == 401);
}
