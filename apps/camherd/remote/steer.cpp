#include "apps/camherd/command.hpp"
#include "apps/camherd/remote/camera_row.hpp"
#include "apps/camherd/remote/outcome.hpp"
#include "apps/camherd/remote/terminal_text.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <memory>
#include <unistd.h>

namespace camherd::cli {
namespace {

using namespace camherd::remote;

// What to do with cameras, and how to say it.
struct action {
  const char* verb;
  const char* method;
  const char* path;  // behind that of the camera
  const char* done;
};

constexpr action removal{"rm", "DELETE", "", "removed"};
constexpr action starting{"start", "POST", "/start", "started"};
constexpr action stopping{"stop", "POST", "/stop", "stopped"};
constexpr action restarting{"restart", "POST", "/restart", "restarting"};

struct steer_options {
  server_options server;
  std::vector<std::string> names;
  bool all = false;
  bool yes = false;
  bool as_json = false;
};

// Nobody answers, or not to us: asking for the next camera would only repeat that.
bool concerns_all(error_kind kind) {
  return kind == error_kind::authentication || kind == error_kind::retry ||
         kind == error_kind::corrupt;
}

class steering_report {
 public:
  steering_report(const action& what, bool as_json) : what_{what}, as_json_{as_json} {}

  void done(const std::string& name) {
    if (as_json_) return print(name, nullptr);
    std::cout << terminal_text(name) << ' ' << what_.done << '\n';
  }

  void failed(const std::string& name, const error& why) {
    code_ = std::max(code_, code_of(why.kind()));
    if (as_json_) return print(name, why.message());
    if (!concerns_all(why.kind()) || !said_) (void)say(why);
    said_ = true;
  }

  [[nodiscard]] exit_code code() const { return flush_output(code_); }

 private:
  void print(const std::string& name, const json& problem) const {
    std::cout << one_line({{"camera", name},
                           {"action", what_.verb},
                           {"done", problem.is_null()},
                           {"error", problem}})
              << '\n';
  }

  const action& what_;
  bool as_json_;
  bool said_ = false;
  exit_code code_ = exit_code::success;
};

bool is_confirmed(const std::vector<std::string>& names) {
  std::cerr << "Remove";
  for (std::size_t i = 0; i < names.size(); ++i)
    std::cerr << (i == 0 ? " " : ", ") << terminal_text(names[i]);
  std::cerr << "? [y/N] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

result<std::vector<std::string>> running_cameras(connection& herd) {
  const auto answer = herd.ask({.path = "/api/v1/cameras"});
  if (!answer) return answer.error();
  const auto rows = read_cameras(answer->content);
  if (!rows) return rows.error();
  std::vector<std::string> names;
  for (const auto& row : *rows) {
    if (row.started && row.enabled) names.push_back(row.name);
  }
  return names;
}

exit_code steer(const action& what, steer_options options) {
  if (options.all == !options.names.empty()) {
    std::cerr << "camherd: " << what.verb << " needs the names of cameras"
              << (what.verb == restarting.verb ? ", or --all\n" : "\n");
    return exit_code::usage;
  }
  auto code = exit_code::success;
  auto herd = connect(options.server, code);
  if (!herd) return code;
  if (options.all) {
    auto running = running_cameras(*herd);
    if (!running) return say(running.error());
    options.names = *std::move(running);
  }
  if (what.verb == removal.verb && !options.yes && ::isatty(STDIN_FILENO) != 0 &&
      !is_confirmed(options.names)) {
    std::cerr << "camherd: nothing was removed\n";
    return exit_code::failure;
  }
  steering_report report{what, options.as_json};
  std::optional<error> common;
  for (const auto& name : options.names) {
    if (common) {
      report.failed(name, *common);
      continue;
    }
    const auto answer =
        herd->ask({.method = what.method, .path = camera_path(name, what.path)});
    if (answer) {
      report.done(name);
      continue;
    }
    report.failed(name, answer.error());
    if (concerns_all(answer.error().kind())) common = answer.error();
  }
  return report.code();
}

CLI::App* add_action(CLI::App& app, exit_code& code, const action& what,
                     const std::string& description, const std::string& examples,
                     const std::shared_ptr<steer_options>& options) {
  auto* command = app.add_subcommand(what.verb, description);
  command->add_option("name", options->names, "Cameras")->type_name("CAMERA");
  command->add_flag("--json", options->as_json, "One JSON object for each camera, one a line");
  add_server_options(*command, options->server);
  command->footer(
      "Goes on with the next camera where one fails; the exit code is the highest of all.\n"
      "Exit codes: 0 done, 1 camherd could not do it or would not, 2 wrong command line,\n"
      "            3 no camherd answers or no such camera, 4 token refused.\n"
      "\n"
      "Examples:\n" +
      examples);
  command->final_callback([options, &code, &what] { code = steer(what, *options); });
  return command;
}

}  // namespace

void add_rm(CLI::App& app, exit_code& code) {
  auto options = std::make_shared<steer_options>();
  auto* command = add_action(app, code, removal, "Remove cameras of a running camherd",
                             "  camherd rm gate\n  camherd rm --yes gate yard\n", options);
  command->add_flag("-y,--yes", options->yes, "Do not ask, on a terminal");
}

void add_start(CLI::App& app, exit_code& code) {
  add_action(app, code, starting, "Start cameras that were stopped",
             "  camherd start gate yard\n", std::make_shared<steer_options>());
}

void add_stop(CLI::App& app, exit_code& code) {
  add_action(app, code, stopping, "Stop cameras until they are started, also over restarts",
             "  camherd stop gate yard\n", std::make_shared<steer_options>());
}

void add_restart(CLI::App& app, exit_code& code) {
  auto options = std::make_shared<steer_options>();
  auto* command = add_action(app, code, restarting, "Open new sessions to cameras, now",
                             "  camherd restart gate\n  camherd restart --all\n", options);
  command->add_flag("--all", options->all, "Every camera that runs");
}

}  // namespace camherd::cli
