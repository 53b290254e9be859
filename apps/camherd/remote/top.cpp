#include "apps/camherd/command.hpp"
#include "apps/camherd/duration_option.hpp"
#include "apps/camherd/remote/herd_poll.hpp"
#include "apps/camherd/remote/outcome.hpp"
#include "apps/camherd/remote/terminal.hpp"
#include "apps/camherd/signals.hpp"

#include <CLI/CLI.hpp>

#include <array>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <memory>
#include <unistd.h>

namespace camherd::cli {
namespace {

using namespace camherd::remote;
using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

struct top_options {
  server_options server;
  std::string sort = "name";
  bool reversed = false;
  std::string interval = "1s";
  std::uint64_t count = 0;
  bool as_json = false;
};

std::vector<std::string> column_words() {
  std::vector<std::string> words;
  for (const auto c : top_columns()) words.emplace_back(key_of(c));
  return words;
}

std::string utc_now() {
  const auto now = std::time(nullptr);
  tm parts{};
  ::gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%FT%TZ", &parts);
  return text.data();
}

order order_of(const top_options& options) {
  return options.reversed ? order::reversed : order::natural;
}

// What lets an operator look at something else meanwhile, and come back.
bool is_passing(error_kind kind) {
  return kind == error_kind::retry || kind == error_kind::internal;
}

// One sample after the other, for pipes.
class printed_top {
 public:
  printed_top(connection& herd, const top_options& options, milliseconds interval)
      : poll_{herd}, options_{options}, interval_{interval} {}

  exit_code run() {
    const std::array also{signals_.fd()};
    // Without JSON nobody wants tables without end in a file.
    const auto wanted = options_.count > 0 || options_.as_json ? options_.count : 1;
    std::uint64_t printed = 0;
    auto due = steady_clock::now();
    bool asked = false;
    while (!signals_.take() && std::cout) {
      if (!asked && steady_clock::now() >= due) {
        poll_.begin();
        asked = true;
        due += interval_;
      }
      const auto left = std::chrono::ceil<milliseconds>(due - steady_clock::now());
      const auto sample = poll_.advance(also, asked ? milliseconds{1s} : left);
      if (!sample) continue;
      if (!*sample) return say(sample->error());
      asked = false;
      print(**sample, printed++);
      if (wanted > 0 && printed == wanted) break;
    }
    return flush_output(exit_code::success);
  }

 private:
  void print(const herd_sample& sample, std::uint64_t before) const {
    if (options_.as_json) {
      std::cout << one_line(
                       {{"at", utc_now()}, {"node", sample.node}, {"cameras", sample.cameras}})
                << std::endl;
      return;
    }
    auto rows = sample.rows;
    sort_rows(rows, column_named(options_.sort).value_or(column::name), order_of(options_));
    const auto columns = top_columns();
    const auto widths = widths_for(columns, rows);
    if (before > 0) std::cout << '\n';
    std::cout << heading_line(columns, widths) << '\n';
    for (const auto& row : rows) std::cout << row_line(row, columns, widths) << '\n';
    std::cout << std::flush;
  }

  signal_queue signals_{SIGINT, SIGTERM};
  herd_poll poll_;
  const top_options& options_;
  milliseconds interval_;
};

class interactive_top {
 public:
  interactive_top(connection& herd, const top_options& options, milliseconds interval)
      : poll_{herd},
        view_{column_named(options.sort).value_or(column::name), order_of(options)},
        interval_{interval},
        left_{options.count} {}

  exit_code run() {
    // What is wrong at the beginning is said on the screen that stays.
    if (const auto failed = first_sample()) return *failed;
    std::optional<error> ended;
    {
      screen_.emplace();
      ended = loop();
      screen_.reset();
    }
    return ended ? say(*ended) : flush_output(exit_code::success);
  }

 private:
  std::optional<exit_code> first_sample() {
    const std::array also{signals_.fd()};
    poll_.begin();
    while (!signals_.take()) {
      auto sample = poll_.advance(also, 1s);
      if (!sample) continue;
      if (!*sample) return say(sample->error());
      show(**std::move(sample));
      return std::nullopt;
    }
    return exit_code::success;
  }

  void show(herd_sample sample) {
    view_.update(std::move(sample.summary), std::move(sample.rows));
    if (left_ > 0) over_ = --left_ == 0;
  }

  std::optional<error> loop() {
    const std::array also{signals_.fd(), STDIN_FILENO};
    due_ = steady_clock::now() + interval_;
    draw();
    while (!over_ && std::cout) {
      ask_if_due();
      const auto sample = poll_.advance(also, patience());
      if (sample) {
        asked_ = false;
        if (*sample) {
          show(**sample);
        } else if (is_passing(sample->error().kind())) {
          view_.set_problem(sample->error().message());
        } else {
          return sample->error();
        }
        draw();
      }
      take_signals();
      take_keys();
    }
    return std::nullopt;
  }

  void ask_if_due() {
    const auto now = steady_clock::now();
    if (asked_ || view_.paused() || now < due_) return;
    poll_.begin();
    asked_ = true;
    due_ = now + interval_;
  }

  [[nodiscard]] milliseconds patience() const {
    // A lone escape is a key if nothing follows.
    if (keys_.waits()) return 50ms;
    if (asked_ || view_.paused()) return 1s;
    return std::chrono::ceil<milliseconds>(due_ - steady_clock::now());
  }

  void take_signals() {
    while (const auto signal = signals_.take()) {
      if (*signal == SIGTSTP) screen_->suspend();
      if (*signal == SIGWINCH || *signal == SIGTSTP)
        draw();
      else
        over_ = true;
    }
  }

  void take_keys() {
    std::array<char, 256> bytes{};
    const auto count = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    if (count > 0)
      keys_.feed({bytes.data(), static_cast<std::size_t>(count)});
    else
      keys_.settle();
    bool changed = false;
    while (const auto pressed = keys_.next()) {
      const auto reaction = view_.press(*pressed);
      over_ = over_ || reaction == top_view::reaction::quit;
      changed = changed || reaction == top_view::reaction::redraw;
    }
    if (changed) draw();
  }

  void draw() { screen_->draw(view_.render(terminal_size(), colours_)); }

  signal_queue signals_{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH};
  herd_poll poll_;
  top_view view_;
  key_reader keys_;
  std::optional<full_screen> screen_;
  milliseconds interval_;
  std::uint64_t left_;  // samples until the end; 0: no end
  steady_clock::time_point due_;
  colour colours_ = std::getenv("NO_COLOR") == nullptr ? colour::on : colour::off;
  bool asked_ = false;
  bool over_ = false;
};

exit_code top_command(const top_options& options) {
  const auto interval =
      read_duration_option("--interval", options.interval, {.min = 100ms, .max = 1h});
  if (!interval) return exit_code::usage;
  auto code = exit_code::success;
  auto herd = connect(options.server, code);
  if (!herd) return code;
  ::signal(SIGPIPE, SIG_IGN);
  if (options.as_json || !full_screen::possible())
    return printed_top{*herd, options, *interval}.run();
  return interactive_top{*herd, options, *interval}.run();
}

}  // namespace

void add_top(CLI::App& app, exit_code& code) {
  auto options = std::make_shared<top_options>();
  auto* command = app.add_subcommand("top", "Watch the cameras of a running camherd");
  command->add_option("--sort", options->sort, "Column to sort by")
      ->check(CLI::IsMember(column_words()))
      ->capture_default_str();
  command->add_flag("--reverse", options->reversed, "The other end first");
  command->add_option("--interval", options->interval, "Time between two looks, 100ms to 1h")
      ->capture_default_str();
  command->add_option("--count", options->count, "End after so many looks");
  command->add_flag("--json", options->as_json, "One JSON object a look, one a line");
  add_server_options(*command, options->server);
  command->footer(
      "On a terminal it takes the whole screen: ? shows the keys, q quits. Elsewhere it\n"
      "prints one table, or as many as --count says.\n"
      "Exit codes: 0 well, 2 wrong command line, 3 no camherd answers, 4 token refused.\n"
      "\n"
      "Examples:\n"
      "  camherd top\n"
      "  camherd top --sort drops --interval 5s\n"
      "  camherd top --json --count 1\n");
  command->final_callback([options, &code] { code = top_command(*options); });
}

}  // namespace camherd::cli
