#include "config/schema.hpp"
#include "tests/config/parsing.hpp"

#include <fstream>
#include <iterator>

using namespace camherd;
using namespace camherd::testing;

namespace {

const std::string source_dir = CAMHERD_SOURCE_DIR;

std::string text_of(const std::string& path) {
  std::ifstream in{path};
  REQUIRE(in.good());
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::vector<std::string_view> every_key() {
  std::vector<std::string_view> names;
  for (const auto& key : node_keys()) names.push_back(key.name);
  for (const auto& key : log_keys()) names.push_back(key.name);
  for (const auto& key : http_keys()) names.push_back(key.name);
  for (const auto& key : camera_keys()) names.push_back(key.name);
  for (const auto name : camera_address_keys()) names.push_back(name);
  for (const auto name : section_names()) names.push_back(name);
  return names;
}

const std::string example_path = source_dir + "/config/camherd.example.yaml";

}  // namespace

TEST_CASE("the example configuration is valid and holds the defaults", "[config][reference]") {
  const auto outcome = load_config(example_path, variables({}));
  REQUIRE(outcome);
  for (const auto& problem : outcome->problems) UNSCOPED_INFO(to_string(example_path, problem));
  REQUIRE(outcome->problems.empty());
  CHECK(outcome->value.node == node_config{});
  CHECK(outcome->value.http == http_config{});
  REQUIRE(outcome->value.cameras.size() == 2);
  for (const auto& camera : outcome->value.cameras) {
    camera_config expected;
    expected.name = camera.name;
    expected.url = camera.url;
    CHECK(camera == expected);
  }
}

TEST_CASE("the example configuration has every key with its default", "[config][reference]") {
  const auto text = text_of(example_path);
  for (const auto name : every_key()) {
    INFO(name);
    CHECK(text.find(std::string{name} + ":") != std::string::npos);
  }
  const auto says = [&](std::string_view indentation, std::string_view name,
                        const std::string& value) {
    INFO(name);
    CHECK(text.find('\n' + std::string{indentation} + std::string{name} + ": " + value) !=
          std::string::npos);
  };
  for (const auto& key : node_keys()) says("  ", key.name, key.print({}));
  for (const auto& key : log_keys()) says("  ", key.name, key.print({}));
  for (const auto& key : http_keys()) says("  ", key.name, key.print({}));
  for (const auto& key : camera_keys()) says("    ", key.name, key.print({}));
}

TEST_CASE("the reference page names every key with its default", "[config][reference]") {
  const auto text = text_of(source_dir + "/docs/ref/config.md");
  for (const auto name : every_key()) {
    INFO(name);
    CHECK(text.find("`" + std::string{name} + "`") != std::string::npos);
  }
  const auto says = [&](std::string_view name, const std::string& value) {
    INFO(name);
    CHECK(text.find("| `" + std::string{name} + "` | `" + value + "` |") != std::string::npos);
  };
  for (const auto& key : node_keys()) says(key.name, key.print({}));
  for (const auto& key : log_keys()) says(key.name, key.print({}));
  for (const auto& key : http_keys()) says(key.name, key.print({}));
  for (const auto& key : camera_keys()) says(key.name, key.print({}));
}

TEST_CASE("every key reads what it prints", "[config][reference]") {
  for (const auto& key : camera_keys()) {
    INFO(key.name);
    camera_config c;
    CHECK_FALSE(key.read(key.print({}), c));
    CHECK(c == camera_config{});
  }
  for (const auto& key : http_keys()) {
    INFO(key.name);
    http_config c;
    CHECK_FALSE(key.read(key.print({}), c));
    CHECK(c == http_config{});
  }
  for (const auto keys : {node_keys(), log_keys()}) {
    for (const auto& key : keys) {
      INFO(key.name);
      node_config c;
      CHECK_FALSE(key.read(key.print({}), c));
      CHECK(c == node_config{});
    }
  }
}

TEST_CASE("a file that cannot be read is an error that names it", "[config][reference]") {
  const auto missing = load_config(source_dir + "/no-such-file.yaml", variables({}));
  REQUIRE_FALSE(missing);
  CHECK(missing.error().kind() == error_kind::invalid_argument);
  CHECK(missing.error().message().find("no-such-file.yaml") != std::string::npos);
  CHECK_FALSE(load_config(source_dir, variables({})));
}
