#include "apps/camherd/command.hpp"
#include "apps/camherd/remote/camera_table.hpp"
#include "apps/camherd/remote/outcome.hpp"
#include "core/base/names.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <memory>

namespace camherd::cli {
namespace {

using namespace camherd::remote;

struct ls_options {
  server_options server;
  std::string state;
  bool names = false;
  bool as_json = false;
};

std::vector<std::string> state_words() {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < camera_state_count; ++i)
    words.emplace_back(to_string(static_cast<camera_state>(i)));
  words.insert(words.end(), {"unresponsive", "unknown"});
  return words;
}

void print_json(const json& content, const std::vector<camera_row>& rows,
                const std::string& state) {
  auto shown = json::array();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (state.empty() || rows[i].state == state) shown.push_back(content["cameras"][i]);
  }
  std::cout << shown.dump(2, ' ', false, json::error_handler_t::replace) << '\n';
}

void print_table(const std::vector<camera_row>& rows) {
  const auto columns = list_columns();
  const auto widths = widths_for(columns, rows);
  std::cout << heading_line(columns, widths) << '\n';
  for (const auto& row : rows) std::cout << row_line(row, columns, widths) << '\n';
}

exit_code ls_command(const ls_options& options) {
  auto code = exit_code::success;
  auto herd = connect(options.server, code);
  if (!herd) return code;
  const auto answer = herd->ask({.path = "/api/v1/cameras"});
  if (!answer) return say(answer.error());
  auto rows = read_cameras(answer->content);
  if (!rows) return say(rows.error());
  if (options.as_json) {
    print_json(answer->content, *rows, options.state);
    return flush_output(code);
  }
  std::erase_if(*rows, [&](const camera_row& row) {
    return !options.state.empty() && row.state != options.state;
  });
  if (options.names) {
    for (const auto& row : *rows) std::cout << row.name << '\n';
  } else {
    print_table(*rows);
  }
  return flush_output(code);
}

}  // namespace

void add_ls(CLI::App& app, exit_code& code) {
  auto options = std::make_shared<ls_options>();
  auto* command = app.add_subcommand("ls", "List the cameras of a running camherd");
  command->add_option("--state", options->state, "Only those in this state")
      ->check(CLI::IsMember(state_words()));
  auto* names = command->add_flag("--names", options->names, "Only names, one a line");
  command->add_flag("--json", options->as_json, "One JSON array, as the HTTP API has it")
      ->excludes(names);
  add_server_options(*command, options->server);
  command->footer(
      "Exit codes: 0 listed, 2 wrong command line, 3 no camherd answers, 4 token refused.\n"
      "\n"
      "Examples:\n"
      "  camherd ls\n"
      "  camherd ls --state backoff\n"
      "  camherd ls --json | jq '.[].name'\n");
  command->final_callback([options, &code] { code = ls_command(*options); });
}

}  // namespace camherd::cli
