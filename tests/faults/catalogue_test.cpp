#include "apps/camherd-sim/faults/fault_catalogue.hpp"
#include "tests/support/catch.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

using namespace camherd::faults;

namespace {

std::string content(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace

TEST_CASE("every fault has a name of its own, a row and a sentence", "[faults]") {
  std::set<std::string> names;
  for (const auto& one : all_faults()) {
    INFO(one.name);
    CHECK(names.insert(one.name).second);
    CHECK(std::regex_match(one.name, std::regex{"[a-z0-9]+(-[a-z0-9]+)*"}));
    CHECK(one.row >= 1);
    CHECK(one.row <= row_titles().size());
    CHECK(one.does.ends_with('.'));
  }
}

TEST_CASE("every fault has a test of its name", "[faults]") {
  std::string sources;
  for (const auto& entry :
       std::filesystem::directory_iterator{CAMHERD_SOURCE_DIR "/tests/faults"}) {
    if (entry.path().extension() == ".cpp") sources += content(entry.path());
  }
  for (const auto& one : all_faults()) {
    INFO(one.name);
    CHECK(sources.find("TEST_CASE(\"" + one.name + "\"") != std::string::npos);
  }
}

TEST_CASE("the page of the faults is what the catalogue says", "[faults]") {
  CHECK(content(CAMHERD_SOURCE_DIR "/docs/ref/faults.md") == faults_page(all_faults()));
}
