#include "apps/camherd/command.hpp"
#include "apps/camherd/exit_code.hpp"
#include "config/nearest.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace camherd::cli {
namespace {

constexpr auto examples =
    "Examples:\n"
    "  camherd run cameras.yaml            ingest the cameras, with a live table on a "
    "terminal\n"
    "  camherd probe rtsp://10.0.0.5/      what a camera offers, or what is wrong with it\n"
    "  camherd watch yard                  frames a second, their age and losses at a "
    "consumer\n"
    "  camherd snapshot yard -o yard.jpg   the newest picture of a camera\n"
    "  camherd check cameras.yaml          what is wrong with a configuration, or what it "
    "means\n"
    "  camherd check --json cameras.yaml   the same for scripts\n"
    "  camherd top                         the cameras of the camherd that runs\n"
    "  camherd ls --state backoff --json   those in trouble, for scripts\n"
    "  camherd add gate rtsp://10.0.0.8/   one more camera, at once\n"
    "  camherd events -f                   what happens to them\n"
    "\n"
    "Exit codes: 0 success, 1 failure, 2 wrong command line or configuration,\n"
    "            3 camera or network, or no camherd answers,\n"
    "            4 credentials or token refused\n";

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* command : app.get_subcommands({})) names.push_back(command->get_name());
  return names;
}

void explain_unknown_command(std::string_view name, const std::vector<std::string>& known) {
  std::cerr << "camherd: unknown command '" << name << "'";
  const std::vector<std::string_view> candidates{known.begin(), known.end()};
  if (const auto meant = nearest(name, candidates))
    std::cerr << "; did you mean " << *meant << "?";
  std::cerr << "\nRun with --help for more information.\n";
}

exit_code run(int argc, char** argv) {
  auto code = exit_code::success;
  CLI::App app{"camherd keeps the freshest frame of every IP camera within reach.", "camherd"};
  app.set_version_flag("--version", "camherd " CAMHERD_VERSION, "Print the version and exit");
  app.set_help_flag("-h,--help", "Print this help and exit");
  app.require_subcommand(1);
  app.footer(examples);
  add_run(app, code);
  add_probe(app, code);
  add_check(app, code);
  add_watch(app, code);
  add_snapshot(app, code);
  add_ls(app, code);
  add_top(app, code);
  add_events(app, code);
  add_add(app, code);
  add_set(app, code);
  add_rm(app, code);
  add_start(app, code);
  add_stop(app, code);
  add_restart(app, code);
  add_completion(app, code);

  if (argc < 2) {
    std::cerr << app.help();
    return exit_code::usage;
  }
  // CLI11 would only say that a subcommand is missing.
  const std::string_view first = argv[1];
  const auto known = command_names(app);
  if (!first.starts_with('-') && std::find(known.begin(), known.end(), first) == known.end()) {
    explain_unknown_command(first, known);
    return exit_code::usage;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? exit_code::success : exit_code::usage;
  }
  return code;
}

}  // namespace
}  // namespace camherd::cli

int main(int argc, char** argv) {
  return static_cast<int>(camherd::cli::run(argc, argv));
}
