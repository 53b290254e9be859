// The description of the API and the API say the same.
#include "core/base/text.hpp"
#include "tests/apps/api_fixture.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <vector>

using namespace camherd;
using namespace camherd::testing;
using namespace std::chrono_literals;

namespace {

const json& description() {
  static const json document = [] {
    api_fixture f;
    return f.ask_anybody("GET", "/api/v1/openapi.json").body;
  }();
  return document;
}

/// What a "#/a/b" refers to; null if nothing.
json referred(const std::string& reference) {
  if (!reference.starts_with("#/")) return nullptr;
  const json::json_pointer at{reference.substr(1)};
  return description().contains(at) ? description().at(at) : json{};
}

const json& resolved(const json& schema, json& room) {
  if (!schema.contains("$ref")) return schema;
  room = referred(schema["$ref"]);
  return room;
}

/// Calls `see` with every object below `from`, and itself.
template <class See>
void each_object(const json& from, const See& see) {
  if (from.is_object()) see(from);
  if (!from.is_structured()) return;
  for (const auto& [key, value] : from.items()) each_object(value, see);
}

std::string type_of(const json& value) {
  if (value.is_null()) return "null";
  if (value.is_boolean()) return "boolean";
  if (value.is_string()) return "string";
  if (value.is_array()) return "array";
  if (value.is_object()) return "object";
  return value.is_number_integer() ? "integer" : "number";
}

bool has_type(const json& allowed, const std::string& type) {
  if (allowed.is_array()) {
    return std::any_of(allowed.begin(), allowed.end(),
                       [&](const json& each) { return has_type(each, type); });
  }
  return allowed == type || (allowed == "number" && type == "integer");
}

/// Adds to `wrong` where `value` is not as `schema` says: the part of JSON Schema that the
/// description uses for answers.
// NOLINTNEXTLINE(misc-no-recursion)
void check(const json& value, const json& described, const std::string& where,
           std::vector<std::string>& wrong) {
  json room;
  const auto& schema = resolved(described, room);
  if (schema.contains("type") && !has_type(schema["type"], type_of(value)))
    return wrong.push_back(where + " is of type " + type_of(value));
  if (schema.contains("enum")) {
    const auto& values = schema["enum"];
    if (std::find(values.begin(), values.end(), value) == values.end())
      wrong.push_back(where + " is " + value.dump());
  }
  if (value.is_array() && schema.contains("items")) {
    for (const auto& item : value) check(item, schema["items"], where + "[]", wrong);
  }
  if (!value.is_object()) return;
  for (const auto& key : schema.value("required", json::array())) {
    if (!value.contains(key.get<std::string>()))
      wrong.push_back(where + " lacks " + key.get<std::string>());
  }
  const auto properties = schema.value("properties", json::object());
  const auto others = schema.value("additionalProperties", json(true));
  for (const auto& [key, member] : value.items()) {
    const auto place = where + '.' + key;
    if (properties.contains(key)) {
      check(member, properties[key], place, wrong);
    } else if (others == false) {
      wrong.push_back(place + " is not described");
    } else if (others.is_object()) {
      check(member, others, place, wrong);
    }
  }
}

herd_status everything_of_yard(std::chrono::steady_clock::time_point at, unsigned frames) {
  camera_status yard;
  yard.health.name = yard.counters.name = "yard";
  yard.health.state = camera_state::streaming;
  yard.counters.rates = {.received = 5.5, .decoded = 5.5, .published = 5.5, .bits = 1000.5};
  yard.counters.counts.published = frames;
  for (unsigned i = 0; i < frames; ++i) yard.counters.counts.receive_to_published.record(4ms);
  return {.at = at, .cameras = {yard}};
}

using texts = std::vector<std::string>;

}  // namespace

TEST_CASE("every route is described, and everything that is described is there",
          "[api][openapi]") {
  const api_fixture f;
  std::set<std::string> served{f.routes().begin(), f.routes().end()};
  // The server's own.
  served.insert("POST /api/v1/session");
  served.insert("DELETE /api/v1/session");
  std::set<std::string> described;
  for (const auto& [path, operations] : description()["paths"].items()) {
    for (const auto& [verb, operation] : operations.items())
      described.insert(upper_case(verb) + ' ' + path);
  }
  for (const auto& route : served) {
    INFO(route << " has no description in apps/camherd/api/description/openapi.json");
    CHECK(described.contains(route));
  }
  for (const auto& route : described) {
    INFO(route << " is described in apps/camherd/api/description/openapi.json, not served");
    CHECK(served.contains(route));
  }
}

TEST_CASE("every reference of the description leads somewhere", "[api][openapi]") {
  REQUIRE(description()["openapi"] == "3.1.0");
  std::size_t references = 0;
  each_object(description(), [&](const json& object) {
    if (!object.contains("$ref")) return;
    ++references;
    INFO(object["$ref"]);
    CHECK_FALSE(referred(object["$ref"]).is_null());
  });
  CHECK(references > 50);
}

TEST_CASE("every operation has a name of its own, a summary, and answers with schemas",
          "[api][openapi]") {
  std::set<std::string> names;
  for (const auto& [path, operations] : description()["paths"].items()) {
    for (const auto& [verb, operation] : operations.items()) {
      INFO(verb << ' ' << path);
      CHECK(names.insert(operation.value("operationId", "")).second);
      CHECK_FALSE(operation.value("summary", "").empty());
      const auto answers = operation.value("responses", json::object());
      CHECK(answers.size() >= 2);
      for (const auto& [status, answer] : answers.items()) {
        INFO(status);
        json room;
        const auto& content = resolved(answer, room).value("content", json::object());
        CHECK(content.empty() == (status == "202" || status == "204"));
        for (const auto& [media, shown] : content.items()) CHECK(shown.contains("schema"));
      }
    }
  }
}

TEST_CASE("every parameter of a path is described", "[api][openapi]") {
  for (const auto& [path, operations] : description()["paths"].items()) {
    if (path.find("{name}") == std::string::npos) continue;
    for (const auto& [verb, operation] : operations.items()) {
      INFO(verb << ' ' << path);
      const auto parameters = operation.value("parameters", json::array());
      CHECK(std::find(parameters.begin(), parameters.end(),
                      json{{"$ref", "#/components/parameters/name"}}) != parameters.end());
    }
  }
}

TEST_CASE("answers are as the description says", "[api][openapi]") {
  api_fixture f;
  const auto wrong_in = [&](const std::string& path, const std::string& asked) {
    const auto answer = f.ask("GET", asked);
    const auto schema = description().at(json::json_pointer{"/paths"} / path / "get" /
                                         "responses" / std::to_string(answer.status) /
                                         "content" / "application/json" / "schema");
    texts wrong;
    check(answer.body, schema, asked, wrong);
    return wrong;
  };
  const auto check_all = [&] {
    for (const auto& [path, operations] : description()["paths"].items()) {
      if (!operations.contains("get")) continue;
      const auto& answer = operations["get"]["responses"]["200"];
      if (!answer["content"].contains("application/json")) continue;
      auto asked = path;
      if (const auto at = asked.find("{name}"); at != std::string::npos)
        asked.replace(at, 6, "yard");
      CHECK(wrong_in(path, asked) == texts{});
    }
  };
  check_all();
  f.log().write(log_level::warning, "yard", "stalled", "no picture for 10 s");
  f.log().write(log_level::info, "", "summary");
  const auto begin = std::chrono::steady_clock::now() - 30s;
  for (unsigned second = 0; second <= 25; ++second)
    f.report(everything_of_yard(begin + second * 1s, 5 * second));
  check_all();
}

TEST_CASE("refusals and what the stream tells are as the description says", "[api][openapi]") {
  api_fixture f;
  const auto wrong_with = [](const json& value, const std::string& schema) {
    texts wrong;
    check(value, {{"$ref", "#/components/schemas/" + schema}}, schema, wrong);
    return wrong;
  };
  CHECK(wrong_with(f.ask("GET", "/api/v1/cameras/nobody").body, "Problem") == texts{});
  CHECK(wrong_with(f.ask("GET", "/api/v1/events?limit=0").body, "Problem") == texts{});
  CHECK_FALSE(wrong_with(json{{"title", 3}}, "Problem").empty());

  f.report(everything_of_yard(std::chrono::steady_clock::now(), 5));
  raw_client client{f.port()};
  client.say(
      "GET /api/v1/events/stream?status=true HTTP/1.1\r\nHost: localhost\r\n"
      "Authorization: Bearer " +
      std::string{token} + "\r\n\r\n");
  client.until("event: status\ndata: ");
  CHECK(wrong_with(json::parse(client.until("\n\n")), "HerdStatus") == texts{});
  f.log().write(log_level::info, "yard", "connected");
  client.until("\ndata: ");
  CHECK(wrong_with(json::parse(client.until("\n\n")), "Event") == texts{});
}

TEST_CASE("the examples of the description are as it says", "[api][openapi]") {
  std::size_t examples = 0;
  for (const auto& [name, schema] : description()["components"]["schemas"].items()) {
    if (!schema.contains("example")) continue;
    ++examples;
    texts wrong;
    check(schema["example"], schema, name, wrong);
    CHECK(wrong == texts{});
  }
  CHECK(examples > 3);
}
