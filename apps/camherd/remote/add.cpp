#include "apps/camherd/command.hpp"
#include "apps/camherd/remote/outcome.hpp"
#include "apps/camherd/remote/terminal_text.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>

namespace camherd::cli {
namespace {

using namespace camherd::remote;

struct add_options {
  server_options server;
  std::string name;
  std::string url;
  std::vector<std::string> settings;  // KEY=VALUE
  bool as_json = false;
};

exit_code wrong(const std::string& text) {
  return say({error_kind::invalid_argument, text});
}

// Each KEY=VALUE becomes a member of `object`, of which `settings` may name each key once. An
// error as a sentence, which leaves values out: they may be secrets.
std::optional<std::string> put_settings(const std::vector<std::string>& settings,
                                        json& object) {
  auto given = json::object();
  for (const auto& setting : settings) {
    const auto end = setting.find('=');
    const auto key = setting.substr(0, end);
    if (end == std::string::npos || key.empty())
      return "settings are written KEY=VALUE, such as transport=udp";
    if (key == "name") return "a camera keeps its name; remove it and add another one";
    if (given.contains(key)) return "'" + terminal_text(key) + "' is given twice";
    given[key] = setting.substr(end + 1);
  }
  object.update(given);
  return std::nullopt;
}

// A URL with a password that is an argument can be seen by everybody on the machine.
std::optional<std::string> read_url(const std::string& argument) {
  if (argument != "-") return argument;
  std::string line;
  std::getline(std::cin, line);
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
  if (line.empty()) return std::nullopt;
  return line;
}

exit_code show(const api_answer& answer, const add_options& options, const char* done) {
  if (options.as_json)
    std::cout << one_line(answer.content) << '\n';
  else
    std::cout << terminal_text(options.name) << ' ' << done << '\n';
  return flush_output(exit_code::success);
}

exit_code add_command(const add_options& options) {
  json body{{"name", options.name}};
  if (const auto problem = put_settings(options.settings, body)) return wrong(*problem);
  if (body.contains("url")) return wrong("'url' is given twice");
  const auto url = read_url(options.url);
  if (!url) return wrong("no URL on standard input");
  body["url"] = *url;
  auto code = exit_code::success;
  auto herd = connect(options.server, code);
  if (!herd) return code;
  const auto answer =
      herd->ask({.method = "POST", .path = "/api/v1/cameras", .body = one_line(body)});
  return answer ? show(*answer, options, "added") : say(answer.error());
}

exit_code set_command(const add_options& options) {
  json changes = json::object();
  if (const auto problem = put_settings(options.settings, changes)) return wrong(*problem);
  if (const auto url = changes.find("url"); url != changes.end()) {
    const auto read = read_url(url->get<std::string>());
    if (!read) return wrong("no URL on standard input");
    *url = *read;
  }
  auto code = exit_code::success;
  auto herd = connect(options.server, code);
  if (!herd) return code;
  const auto path = camera_path(options.name);
  const auto known = herd->ask({.path = path});
  if (!known) return say(known.error());
  const auto settings =
      known->content.is_object() ? known->content.value("settings", json{}) : json{};
  if (!settings.is_object() || known->etag.empty())
    return say({error_kind::corrupt, "the answer of " + herd->url() + " is no camera"});
  auto wanted = settings;
  for (const auto& [key, value] : changes.items()) {
    if (value == "") {
      if (wanted.erase(key) == 0) return wrong("no setting '" + terminal_text(key) + "'");
    } else {
      wanted[key] = value;
    }
  }
  const auto answer = herd->ask(
      {.method = "PUT", .path = path, .body = one_line(wanted), .if_match = known->etag});
  return answer ? show(*answer, options, "changed") : say(answer.error());
}

}  // namespace

void add_add(CLI::App& app, exit_code& code) {
  auto options = std::make_shared<add_options>();
  auto* command = app.add_subcommand("add", "Add a camera to a running camherd");
  command->add_option("name", options->name, "Name of the new camera")->required();
  command
      ->add_option("url", options->url,
                   "Its address; - reads it from standard input, where nobody sees a password")
      ->required();
  command->add_option("setting", options->settings, "As in the configuration file")
      ->type_name("KEY=VALUE");
  command->add_flag("--json", options->as_json, "Print the camera as JSON");
  add_server_options(*command, options->server);
  command->footer(
      "Exit codes: 0 added, 1 there is one of this name, or it could not be kept, 2 wrong\n"
      "            command line or settings, 3 no camherd answers, 4 token refused.\n"
      "\n"
      "Examples:\n"
      "  camherd add gate rtsp://10.0.0.8/stream1 transport=udp\n"
      "  camherd add gate - < url.txt\n");
  command->final_callback([options, &code] { code = add_command(*options); });
}

void add_set(CLI::App& app, exit_code& code) {
  auto options = std::make_shared<add_options>();
  auto* command = app.add_subcommand("set", "Change the settings of a camera that was added");
  command->add_option("name", options->name, "Camera")->required()->type_name("CAMERA");
  command
      ->add_option("setting", options->settings,
                   "KEY= for the default; url=- reads it from standard input")
      ->required()
      ->type_name("KEY=VALUE");
  command->add_flag("--json", options->as_json, "Print the camera as JSON");
  add_server_options(*command, options->server);
  command->footer(
      "Cameras of the configuration file are changed there. If somebody else changes the\n"
      "camera in the same moment, nothing is changed.\n"
      "Exit codes: 0 changed, 1 refused, or it could not be kept, 2 wrong command line or\n"
      "            settings, 3 no camherd answers or no such camera, 4 token refused.\n"
      "\n"
      "Examples:\n"
      "  camherd set gate transport=tcp max_age=200ms\n"
      "  camherd set gate max_age=\n");
  command->final_callback([options, &code] { code = set_command(*options); });
}

}  // namespace camherd::cli
