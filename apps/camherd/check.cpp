#include "apps/camherd/command.hpp"
#include "config/load.hpp"
#include "config/schema.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <charconv>
#include <cstdint>
#include <iostream>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace camherd::cli {
namespace {

using json = nlohmann::ordered_json;

struct check_options {
  std::string file;
  bool as_json = false;
};

// Numbers, true and false as such; durations, sizes and words as they stand in YAML.
json typed(const std::string& text) {
  if (text == "true" || text == "false") return text == "true";
  const char* const last = text.data() + text.size();
  std::int64_t whole = 0;
  if (const auto end = std::from_chars(text.data(), last, whole);
      end.ec == std::errc{} && end.ptr == last) {
    return whole;
  }
  double number = 0;
  if (const auto end = std::from_chars(text.data(), last, number, std::chars_format::fixed);
      end.ec == std::errc{} && end.ptr == last) {
    return number;
  }
  return text;
}

template <class Config>
json object_of(std::span<const config_key<Config>> keys, const Config& from) {
  json object = json::object();
  for (const auto& key : keys) object[std::string{key.name}] = typed(key.print(from));
  return object;
}

json to_json(const config& c) {
  json cameras = json::object();
  for (const auto& camera : c.cameras) {
    json settings{{"url", camera.url.redacted()}};
    settings.update(object_of(camera_keys(), camera));
    cameras[camera.name] = std::move(settings);
  }
  return {{"node", object_of(node_keys(), c.node)},
          {"log", object_of(log_keys(), c.node)},
          {"cameras", std::move(cameras)}};
}

json to_json(const std::vector<config_problem>& problems) {
  json list = json::array();
  for (const auto& problem : problems) {
    list.push_back(
        {{"line", problem.line}, {"column", problem.column}, {"text", problem.text}});
  }
  return list;
}

void print_json(const std::string& file, const config_outcome& outcome) {
  json report{{"file", file},
              {"valid", outcome.problems.empty()},
              {"problems", to_json(outcome.problems)}};
  if (outcome.problems.empty()) report["config"] = to_json(outcome.value);
  std::cout << report.dump(2, ' ', false, json::error_handler_t::replace) << '\n';
}

void print_text(const std::string& file, const config_outcome& outcome) {
  for (const auto& problem : outcome.problems) std::cerr << to_string(file, problem) << '\n';
  if (!outcome.problems.empty()) return;
  const auto count = outcome.value.cameras.size();
  std::cout << "# valid: " << count << (count == 1 ? " camera\n" : " cameras\n")
            << to_yaml(outcome.value);
}

exit_code check(const check_options& options) {
  const auto loaded = load_config(options.file, process_environment());
  if (!loaded && !options.as_json) {
    std::cerr << "camherd: " << loaded.error().message() << '\n';
    return exit_code::usage;
  }
  config_outcome outcome;
  if (loaded) {
    outcome = *loaded;
  } else {
    outcome.problems.push_back({0, 0, loaded.error().message()});
  }
  if (options.as_json) {
    print_json(options.file, outcome);
  } else {
    print_text(options.file, outcome);
  }
  if (!std::cout.flush()) {
    std::cerr << "camherd: cannot write the configuration\n";
    return exit_code::failure;
  }
  return outcome.problems.empty() ? exit_code::success : exit_code::usage;
}

}  // namespace

void add_check(CLI::App& app, exit_code& code) {
  auto* const command =
      app.add_subcommand("check", "Say what is wrong with a configuration, or what it means");
  command->footer(
      "Prints the configuration in effect, every default written out and passwords as ***, or\n"
      "all problems as FILE:LINE:COLUMN: text (exit code 2).\n"
      "\n"
      "Examples:\n"
      "  camherd check cameras.yaml\n"
      "  camherd check --json cameras.yaml | jq '.problems[].text'\n"
      "  generate-cameras | camherd check /dev/stdin\n");
  const auto options = std::make_shared<check_options>();  // shared with the callback below
  command->add_option("FILE", options->file, "The configuration, in YAML")
      ->required()
      ->type_name("FILE");
  command->add_flag("--json", options->as_json, "Print one JSON object instead");
  command->callback([options, &code] { code = check(*options); });
}

}  // namespace camherd::cli
