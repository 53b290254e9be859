#include "tests/apps/metrics_reference.hpp"
#include "tests/apps/promtool.hpp"
#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

#include <regex>
#include <vector>

using namespace camherd::testing;
using nlohmann::json;

namespace {

// Every string that stands under `key`, at any depth.
void collect(const json& value, const std::string& key, std::vector<std::string>& into) {
  if (value.is_object()) {
    for (const auto& [name, member] : value.items()) {
      if (name == key && member.is_string()) into.push_back(member);
      collect(member, key, into);
    }
  } else if (value.is_array()) {
    for (const auto& element : value) collect(element, key, into);
  }
}

json dashboard() {
  return json::parse(project_file("deploy/grafana/camherd.json"));
}

std::vector<std::string> queries_of(const json& from) {
  std::vector<std::string> queries;
  collect(from, "expr", queries);
  for (const auto& variable : from["templating"]["list"]) {
    if (variable["type"] == "query") queries.push_back(variable["definition"]);
  }
  return queries;
}

void check_documented(const std::string& text) {
  static const auto known = documented_metrics();
  const auto named = metrics_named_in(text);
  INFO(text);
  CHECK_FALSE(named.empty());
  for (const auto& name : named) {
    INFO(name);
    CHECK(known.contains(name));
  }
}

}  // namespace

TEST_CASE("a name is a metric's wherever it stands in a query", "[apps][metrics]") {
  CHECK(metrics_named_in("rate(camherd_age_at_release_seconds_bucket[5m]) / "
                         "camera:camherd_down + process_threads{x=\"y\"} "
                         "- sum_camherd_no") ==
        std::set<std::string>{"camherd_age_at_release_seconds", "process_threads"});
}

TEST_CASE("every query of the dashboard asks for metrics that there are", "[apps][metrics]") {
  const auto queries = queries_of(dashboard());
  REQUIRE(queries.size() > 20);
  for (const auto& query : queries) check_documented(query);
}

TEST_CASE("every alert asks for metrics that there are", "[apps][metrics]") {
  check_documented(project_file("deploy/prometheus/camherd.rules.yml"));
  check_documented(project_file("deploy/prometheus/camherd.test.yml"));
}

TEST_CASE("every query of the dashboard can be parsed", "[apps][metrics]") {
  json rules = json::array();
  for (auto query : queries_of(dashboard())) {
    if (query.starts_with("label_values(")) continue;
    query = std::regex_replace(query, std::regex{R"(\$__rate_interval|\$__interval)"}, "5m");
    rules.push_back({{"record", "query:number:" + std::to_string(rules.size())},
                     {"expr", std::move(query)}});
  }
  const json file{{"groups", {{{"name", "dashboard"}, {"rules", std::move(rules)}}}}};
  CHECK(objections_of_promtool("check rules $FILE", file.dump()).empty());
}

TEST_CASE("the panels of the dashboard have numbers of their own and do not overlap",
          "[apps][metrics]") {
  const auto panels = dashboard()["panels"];
  std::set<int> numbers;
  std::set<std::pair<int, int>> taken;
  for (const auto& panel : panels) {
    INFO(panel["title"]);
    CHECK(numbers.insert(panel["id"].get<int>()).second);
    const auto& place = panel["gridPos"];
    const int right = place["x"].get<int>() + place["w"].get<int>();
    const int bottom = place["y"].get<int>() + place["h"].get<int>();
    CHECK(right <= 24);
    bool is_free = true;
    for (int x = place["x"]; x < right; ++x)
      for (int y = place["y"]; y < bottom; ++y) is_free &= taken.emplace(x, y).second;
    CHECK(is_free);
  }
}
