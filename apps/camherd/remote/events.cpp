#include "apps/camherd/command.hpp"
#include "apps/camherd/remote/event_parser.hpp"
#include "apps/camherd/remote/outcome.hpp"
#include "apps/camherd/remote/terminal_text.hpp"
#include "apps/camherd/signals.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <iostream>
#include <memory>

namespace camherd::cli {
namespace {

using namespace camherd::remote;
using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds first_pause = 500ms;
constexpr milliseconds longest_pause = 10s;
const std::vector<std::string> level_words{"debug", "info", "warning", "error"};

struct events_options {
  server_options server;
  bool follow = false;
  std::string camera;
  std::string level;
  unsigned limit = 100;
  bool as_json = false;
};

std::string query_of(const events_options& options) {
  std::string query;
  const auto add = [&](const char* key, const std::string& value) {
    if (value.empty()) return;
    query += query.empty() ? "?" : "&";
    query += key + ("=" + percent_encoded(value));
  };
  add("camera", options.camera);
  add("level", options.level);
  return query;
}

void print(const json& event, bool as_json) {
  if (as_json) {
    std::cout << one_line(event) << '\n';
  } else {
    std::cout << terminal_text(event.value("line", json{}).is_string()
                                   ? event["line"].get_ref<const std::string&>()
                                   : one_line(event))
              << '\n';
  }
}

/// The events that there are. Leaves the id of the last one in `last`.
std::optional<error> print_kept(connection& herd, const events_options& options,
                                std::string& last) {
  const auto query = query_of(options);
  const auto answer = herd.ask({.path = "/api/v1/events" + query + (query.empty() ? "?" : "&") +
                                        "limit=" + std::to_string(options.limit)});
  if (!answer) return answer.error();
  const auto& content = answer->content;
  const auto events = content.is_object() ? content.find("events") : content.end();
  if (!content.is_object() || events == content.end() || !events->is_array())
    return error{error_kind::corrupt, "the answer of " + herd.url() + " is no list of events"};
  last = "0";
  for (const auto& event : *events) {
    if (!event.is_object()) continue;
    print(event, options.as_json);
    if (const auto id = event.find("id"); id != event.end() && id->is_number_unsigned())
      last = id->dump();
  }
  std::cout << std::flush;
  return std::nullopt;
}

/// Prints the events that come, until a signal, over interruptions.
class event_follower {
 public:
  event_follower(connection& herd, const events_options& options, std::string last)
      : herd_{herd}, options_{options}, last_{std::move(last)} {}

  exit_code run() {
    const std::array also{signals_.fd()};
    begin();
    while (!signals_.take() && std::cout) {
      const auto now = steady_clock::now();
      if (!streaming_ && now >= next_try_) begin();
      const auto wait =
          streaming_ ? milliseconds{1s} : std::chrono::ceil<milliseconds>(next_try_ - now);
      const auto ended = herd_.advance(also, wait);
      if (!ended) continue;
      const auto failed = broken_ ? *broken_ : ended->error();
      // A stream that was there is worth waiting for; one that never was is not.
      const bool may_come_back = failed.kind() == error_kind::retry ||
                                 failed.kind() == error_kind::end_of_stream ||
                                 failed.kind() == error_kind::internal;
      if (!std::cout) break;
      if (!may_come_back || !ever_streamed_) return say(failed);
      lose(failed);
    }
    return flush_output(exit_code::success);
  }

 private:
  void begin() {
    if (!parser_.last_id().empty()) last_ = parser_.last_id();
    parser_ = event_parser{};
    broken_.reset();
    streaming_ = true;
    auto path = "/api/v1/events/stream" + query_of(options_);
    // Browsers say it by the header alone; the query is for the first time.
    if (!last_.empty() && !ever_streamed_)
      path += (path.find('?') == std::string::npos ? "?after=" : "&after=") + last_;
    herd_.begin({.path = std::move(path),
                 .last_event_id = ever_streamed_ ? last_ : "",
                 .stream = [this](std::string_view bytes) { return take(bytes); }});
  }

  void lose(const error& why) {
    pause_ = received_ ? first_pause : std::min(pause_ * 2, longest_pause);
    received_ = false;
    streaming_ = false;
    next_try_ = steady_clock::now() + pause_;
    if (!lost_) std::cerr << "camherd: " << why.message() << "; trying again\n";
    lost_ = true;
  }

  bool take(std::string_view bytes) {
    if (lost_) std::cerr << "camherd: " << herd_.url() << " is there again\n";
    lost_ = false;
    received_ = true;
    ever_streamed_ = true;
    const auto fed =
        parser_.feed(bytes, [this](const server_event& event) { take_event(event); });
    if (!fed) broken_ = fed.error();
    std::cout << std::flush;
    return fed.has_value() && std::cout.good();
  }

  void take_event(const server_event& event) {
    if (event.name == "dropped") {
      std::cerr << "camherd: " << terminal_text(event.data).substr(0, 20)
                << " events were left out, since they were read too slowly\n";
      return;
    }
    if (event.name != "event") return;
    const auto content = parse_json(event.data);
    if (!content.is_object()) return;
    print(content, options_.as_json);
  }

  // Made first: from here on a signal waits until it is taken.
  signal_queue signals_{SIGINT, SIGTERM};
  connection& herd_;
  const events_options& options_;
  event_parser parser_;
  std::optional<error> broken_;  // what the parser said
  std::string last_;             // id; empty: events from now on
  steady_clock::time_point next_try_;
  milliseconds pause_ = first_pause;
  bool streaming_ = false;
  bool ever_streamed_ = false;
  bool received_ = false;  // something, of this stream
  bool lost_ = false;
};

exit_code events_command(const events_options& options) {
  auto code = exit_code::success;
  auto herd = connect(options.server, code);
  if (!herd) return code;
  if (options.limit == 0 && !options.follow)
    return say({error_kind::invalid_argument, "--limit 0 is for --follow"});
  std::string last;
  if (options.limit > 0) {
    if (const auto failed = print_kept(*herd, options, last)) return say(*failed);
  }
  if (!options.follow) return flush_output(code);
  // Of a pipe that nobody reads any more, writing tells.
  ::signal(SIGPIPE, SIG_IGN);
  return event_follower{*herd, options, last}.run();
}

}  // namespace

void add_events(CLI::App& app, exit_code& code) {
  auto options = std::make_shared<events_options>();
  auto* command =
      app.add_subcommand("events", "What happened to the cameras, and what happens");
  command->add_flag("-f,--follow", options->follow, "Go on with what happens, until SIGINT");
  command->add_option("--camera", options->camera, "Only of this camera")->type_name("CAMERA");
  command->add_option("--level", options->level, "Only of this level and above")
      ->check(CLI::IsMember(level_words));
  command->add_option("--limit", options->limit, "The newest so many; 0 with -f: none")
      ->check(CLI::Range(0U, 1000U))
      ->capture_default_str();
  command->add_flag("--json", options->as_json, "One JSON object a line");
  add_server_options(*command, options->server);
  command->footer(
      "With -f it goes on when camherd comes back after a restart.\n"
      "Exit codes: 0 well, or ended by SIGINT or SIGTERM, 2 wrong command line, 3 no camherd\n"
      "            answers, 4 token refused.\n"
      "\n"
      "Examples:\n"
      "  camherd events --level warning\n"
      "  camherd events -f --camera gate\n"
      "  camherd events -f --limit 0 --json\n");
  command->final_callback([options, &code] { code = events_command(*options); });
}

}  // namespace camherd::cli
