// The page that operators find by a log line has every event, and no other.
#include "core/base/names.hpp"
#include "tests/apps/metrics_reference.hpp"
#include "tests/support/catch.hpp"

#include <filesystem>
#include <regex>
#include <set>
#include <string>

using namespace camherd;
using namespace camherd::testing;

namespace {

// After the level of a call comes, with or without a camera between, the name of the event. A
// camera that failed logs the cause by its name instead.
std::set<std::string> events_in(const std::string& source) {
  static const std::regex call{
      "(?:log_level::\\w+|level_of\\(\\w+\\)),\\s*[^;]*?\"([a-z][a-z_]*)\""};
  std::set<std::string> found;
  for (std::sregex_iterator at{source.begin(), source.end(), call}, end; at != end; ++at)
    found.insert((*at)[1]);
  return found;
}

std::set<std::string> every_event() {
  std::set<std::string> found;
  for (const std::string folder : {"actors", "apps/camherd"}) {
    const std::filesystem::path root = std::string{CAMHERD_SOURCE_DIR} + '/' + folder;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{root}) {
      if (entry.path().extension() != ".cpp") continue;
      const auto path = entry.path().lexically_relative(CAMHERD_SOURCE_DIR).string();
      found.merge(events_in(project_file(path)));
    }
  }
  for (const auto cause : restart_causes) found.emplace(to_string(cause));
  return found;
}

std::set<std::string> matches_in(const std::string& text, const std::regex& pattern) {
  std::set<std::string> found;
  for (std::sregex_iterator at{text.begin(), text.end(), pattern}, end; at != end; ++at)
    CHECK(found.insert((*at)[1]).second);
  return found;
}

}  // namespace

TEST_CASE("an event is found in whatever way it is logged", "[apps][log]") {
  CHECK(events_in(R"(log->write(log_level::info, "", "one", why);
                     log(r, log_level::error,
                         "two", "three");
                     log(r, level_of(cause), bad ? "four" : to_string(cause), "five");
                     if (level > log_level::info) say("six");)") ==
        std::set<std::string>{"one", "two", "four"});
}

TEST_CASE("the troubleshooting page has every event that can be logged", "[apps][log]") {
  const auto page = project_file("docs/guide/troubleshooting.md");
  const auto headings = matches_in(page, std::regex{"\n## `event=([a-z_]+)`\n"});
  CHECK(headings == every_event());
  CHECK(matches_in(page, std::regex{"\n- \\[`([a-z_]+)`\\]\\(#event\\1\\)"}) == headings);
}

TEST_CASE("each entry of the troubleshooting page shows its line", "[apps][log]") {
  const auto page = project_file("docs/guide/troubleshooting.md");
  const std::regex entry{
      "\n## `event=([a-z_]+)`\n\n```\n(?:info|warning|error) (?:camera=\\w+ )?"
      "event=([a-z_]+) (?:cause=\".*\" )?component=\\w+\n```\n\n\\S.*\n\n\\*\\*Do:\\*\\* "
      ".+\n"};
  std::size_t entries = 0;
  for (std::sregex_iterator at{page.begin(), page.end(), entry}, end; at != end; ++at) {
    ++entries;
    // Credentials that were refused are quarantined at once, and no line bears that name.
    if ((*at)[1] != "authentication") CHECK((*at)[1] == (*at)[2]);
  }
  CHECK(entries == every_event().size());
}
