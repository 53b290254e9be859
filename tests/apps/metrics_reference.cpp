#include "tests/apps/metrics_reference.hpp"

#include "tests/support/catch.hpp"

#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>

namespace camherd::testing {
namespace {

// All matches of the first group of `pattern`.
std::set<std::string> groups_of(const std::string& text, const std::regex& pattern) {
  std::set<std::string> found;
  for (std::sregex_iterator at{text.begin(), text.end(), pattern}, end; at != end; ++at)
    found.insert((*at)[1]);
  return found;
}

// The metric that a series belongs to.
std::string metric_of(const std::string& series, const metric_entries& known) {
  for (const std::string suffix : {"_bucket", "_sum", "_count"}) {
    if (!series.ends_with(suffix)) continue;
    const auto found = known.find(series.substr(0, series.size() - suffix.size()));
    if (found != known.end() && found->second.type == "histogram") return found->first;
  }
  return series;
}

}  // namespace

std::string project_file(const std::string& path) {
  std::ifstream file{std::string{CAMHERD_SOURCE_DIR} + '/' + path};
  INFO(path);
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>{file}, {}};
}

metric_entries documented_metrics() {
  static const std::regex row{R"(^\| `([a-z_]+)` \| (\w+) \|(.*?)\| .+ \|$)"};
  metric_entries found;
  std::istringstream lines{project_file("docs/ref/metrics.md")};
  for (std::string line; std::getline(lines, line);) {
    std::smatch parts;
    if (!std::regex_match(line, parts, row)) continue;
    const bool is_new =
        found
            .emplace(parts[1],
                     metric_entry{parts[2], groups_of(parts[3], std::regex{"`(\\w+)`"})})
            .second;
    INFO(line);
    CHECK(is_new);
  }
  return found;
}

metric_entries metrics_of(const std::string& page) {
  static const std::regex type{"^# TYPE (\\w+) (\\w+)$"};
  static const std::regex sample{R"(^(\w+)(\{.*\})? \S+$)"};
  metric_entries found;
  std::istringstream lines{page};
  for (std::string line; std::getline(lines, line);) {
    std::smatch parts;
    if (std::regex_match(line, parts, type)) {
      found[parts[1]].type = parts[2];
    } else if (!line.starts_with("# HELP ")) {
      INFO(line);
      REQUIRE(std::regex_match(line, parts, sample));
      auto labels = groups_of(parts[2], std::regex{"(\\w+)=\""});
      labels.erase("le");
      found[metric_of(parts[1], found)].labels.merge(labels);
    }
  }
  return found;
}

std::set<std::string> metrics_named_in(std::string_view text) {
  // What follows a colon is the name of a recording rule.
  static const std::regex name{"(?:^|[^:\\w])((?:camherd|process)_\\w+)(?!\\w*:)"};
  const auto known = documented_metrics();
  std::set<std::string> found;
  for (const auto& series : groups_of(std::string{text}, name))
    found.insert(metric_of(series, known));
  return found;
}

}  // namespace camherd::testing
