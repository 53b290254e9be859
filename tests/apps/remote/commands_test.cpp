// The program itself, beside servers that are none or that say what a test wants.
#include "apps/camherd/http/server.hpp"
#include "tests/apps/remote/pseudo_terminal.hpp"
#include "tests/apps/remote/raw_server.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <fstream>
#include <mutex>
#include <optional>

using namespace camherd;
using namespace camherd::testing;
using json = nlohmann::json;
using namespace std::chrono_literals;

namespace {

using words = std::vector<std::string>;
using environment = std::map<std::string, std::string>;

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

finished_process camherd_with(words arguments, environment variables = {}) {
  auto done = run_process({CAMHERD_PROGRAM, std::move(arguments), std::move(variables)});
  REQUIRE(done);
  UNSCOPED_INFO("out: " << done->out << "\nerr: " << done->err);
  return *std::move(done);
}

json event_of(unsigned id, const std::string& line) {
  return {{"id", id}, {"level", "warning"}, {"camera", "yard"}, {"line", line}};
}

/// A camherd of `cameras` streaming cameras that tells its events as the test wants.
class fake_camherd {
 public:
  explicit fake_camherd(std::size_t cameras = 0, const std::string& token = "") {
    http::router routes;
    routes.add(http::method::get, "/api/v1/node", [](const http::request&) {
      return http::response::json(R"({"version": "9.8.7", "uptime_seconds": 61.5,
          "process": {"cpu_seconds": 1.5, "peak_rss_bytes": 1048576, "threads": 7}})");
    });
    routes.add(http::method::get, "/api/v1/cameras", [cameras](const http::request&) {
      auto list = json::array();
      for (std::size_t i = 0; i < cameras; ++i) {
        list.push_back({{"name", "cam" + std::to_string(i)},
                        {"state", i == 7 ? "backoff" : "streaming"},
                        {"responsive", true},
                        {"rates", {{"published", i}}}});
      }
      return http::response::json(json{{"cameras", list}}.dump());
    });
    routes.add(http::method::get, "/api/v1/events", [this](const http::request& asked) {
      note(asked);
      return http::response::json(
          json{{"events", {event_of(4, "four\x1b[2J"), event_of(5, "five")}}}.dump());
    });
    routes.add(http::method::get, "/api/v1/events/stream",
               [this](const http::request& asked, const http::responder& to) {
                 note(asked);
                 auto stream = to.open_events();
                 stream.send({.name = "event", .id = "6", .data = event_of(6, "six").dump()});
                 stream.send({.name = "status", .id = "", .data = "{}"});
                 const std::lock_guard lock{mutex_};
                 stream_ = stream;
               });
    http_config settings;
    settings.listen = {{"127.0.0.1", 0}};
    settings.token = token;
    auto started = http::server::start(settings, std::move(routes), time_);
    REQUIRE(started);
    served_ = *std::move(started);
  }

  [[nodiscard]] std::string url() const {
    return "http://127.0.0.1:" + std::to_string(served_->addresses().front().port);
  }

  /// Ends the stream that was opened last, in good order.
  void end_stream() {
    const std::lock_guard lock{mutex_};
    REQUIRE(stream_);
    stream_->close();
    stream_.reset();
  }

  /// What the `nth` question about events asked for; waits for it.
  http::request asked(std::size_t nth) {
    std::unique_lock lock{mutex_};
    REQUIRE(changed_.wait_for(lock, 20s, [&] { return asked_.size() > nth; }));
    return asked_[nth];
  }

 private:
  void note(const http::request& asked) {
    const std::lock_guard lock{mutex_};
    asked_.push_back(asked);
    changed_.notify_all();
  }

  machine_clock time_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<http::request> asked_;
  std::optional<http::event_stream> stream_;
  std::unique_ptr<http::server> served_;  // last: its thread uses the others
};

}  // namespace

TEST_CASE("where nobody answers, every command says so and how to go on", "[remote][cli]") {
  for (const auto& command : {words{"ls"}, words{"top"}, words{"events"}, words{"events", "-f"},
                              words{"add", "a", "rtsp://h/"}, words{"set", "a", "b=c"},
                              words{"rm", "a", "b"}, words{"restart", "--all"}}) {
    auto line = command;
    line.insert(line.end(), {"--server", "http://127.0.0.1:1"});
    const auto done = camherd_with(line);
    CHECK(done.end == process_exit{3, 0});
    CHECK(done.out.empty());
    CHECK(done.err ==
          "camherd: no camherd answers at http://127.0.0.1:1 (connection refused); is it "
          "running, or does it listen elsewhere (--server)?\n");
  }
}

TEST_CASE("a server that is no camherd is told from one", "[remote][cli]") {
  for (const auto* answer :
       {"SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>",
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{",
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 500 Oops\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\n\x1b[2J"}) {
    INFO(answer);
    const raw_server garbage{answer};
    const auto done = camherd_with({"ls", "--server", garbage.url()});
    CHECK(done.end == process_exit{3, 0});
    CHECK(contains(done.err, "is no camherd"));
    CHECK_FALSE(contains(done.err, "\x1b"));
  }
}

TEST_CASE("JSON that is no list of cameras is refused", "[remote][cli]") {
  const raw_server other{
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]"};
  const auto done = camherd_with({"ls", "--server", other.url()});
  CHECK(done.end == process_exit{3, 0});
  CHECK(contains(done.err, "no list of cameras"));
}

TEST_CASE("a token comes from the environment or a file and never from an argument",
          "[remote][cli]") {
  const fake_camherd herd{1, "0123456789abcdef"};
  const temporary_folder folder;
  std::ofstream{folder / "token"} << "0123456789abcdef\n";
  const auto none = camherd_with({"ls", "--server", herd.url()});
  CHECK(none.end == process_exit{4, 0});
  CHECK(contains(none.err, "wants a token"));
  const auto wrong =
      camherd_with({"ls", "--server", herd.url()}, {{"CAMHERD_TOKEN", "fedcba9876543210"}});
  CHECK(wrong.end == process_exit{4, 0});
  CHECK(contains(wrong.err, "refused the token"));
  const auto file =
      camherd_with({"ls", "--names", "--server", herd.url(), "--token-file", folder / "token"});
  CHECK(file.end == process_exit{0, 0});
  CHECK(file.out == "cam0\n");
  const auto variable = camherd_with({"ls", "--names"}, {{"CAMHERD_TOKEN", "0123456789abcdef"},
                                                         {"CAMHERD_SERVER", herd.url()}});
  CHECK(variable.end == process_exit{0, 0});
}

TEST_CASE("wrong servers, tokens and settings are a wrong command line", "[remote][cli]") {
  const auto check = [](words line, const std::string& text, environment variables = {}) {
    const auto done = camherd_with(std::move(line), std::move(variables));
    CHECK(done.end == process_exit{2, 0});
    CHECK(contains(done.err, text));
    CHECK_FALSE(contains(done.err, "s3cret"));
  };
  check({"ls", "--server", "ftp://h"}, "http and https");
  check({"ls", "--server", "http://a:s3cret@h"}, "with a login");
  check({"ls", "--server", "http://a:s3cret@h:x"}, "no URL");
  check({"ls", "--token-file", "/nowhere/s"}, "cannot be read");
  check({"ls"}, "the token has blanks", {{"CAMHERD_TOKEN", "a\r\nb"}});
  check({"ls", "--state", "fine"}, "--state");
  check({"add", "a", "rtsp://h/", "s3cret"}, "KEY=VALUE");
  check({"add", "a", "rtsp://h/", "b=1", "b=2"}, "'b' is given twice");
  check({"rm"}, "needs the names of cameras");
  check({"restart", "a", "--all"}, "or --all");
  check({"events", "--limit", "0"}, "--limit 0");
}

TEST_CASE("a hundred cameras are listed, by state if wanted", "[remote][cli]") {
  const fake_camherd herd{100};
  const auto all = camherd_with({"ls", "--server", herd.url()});
  CHECK(all.end == process_exit{0, 0});
  CHECK(std::count(all.out.begin(), all.out.end(), '\n') == 101);
  const auto troubled =
      camherd_with({"ls", "--json", "--state", "backoff", "--server", herd.url()});
  const auto list = json::parse(troubled.out, nullptr, false);
  REQUIRE(list.size() == 1);
  CHECK(list[0]["name"] == "cam7");
}

TEST_CASE("events are listed as the lines of the log, without what a terminal obeys",
          "[remote][cli]") {
  fake_camherd herd;
  const auto done = camherd_with({"events", "--camera", "yard", "--level", "warning", "--limit",
                                  "2", "--server", herd.url()});
  CHECK(done.end == process_exit{0, 0});
  CHECK(done.out == "four?[2J\nfive\n");
  const auto asked = herd.asked(0);
  CHECK(*asked.query_value("camera") == "yard");
  CHECK(*asked.query_value("level") == "warning");
  CHECK(*asked.query_value("limit") == "2");
}

TEST_CASE("events are followed over an interruption and without a gap", "[remote][cli]") {
  fake_camherd herd;
  auto child = child_process::start(
      {CAMHERD_PROGRAM, {"events", "-f", "--json", "--server", herd.url()}, {}});
  REQUIRE(child);
  CHECK(child->wait_for_line(output::out, "\"four"));
  CHECK(child->wait_for_line(output::out, "\"six\""));
  CHECK(*herd.asked(1).query_value("after") == "5");
  herd.end_stream();
  CHECK(child->wait_for_line(output::err, "trying again"));
  CHECK(*herd.asked(2).header("last-event-id") == "6");
  CHECK(child->wait_for_line(output::err, "is there again"));
  CHECK(child->wait_for_line(output::out, "\"six\""));
  child->send_signal(SIGINT);
  CHECK(child->wait() == process_exit{0, 0});
}

TEST_CASE("top without a terminal prints one table, or JSON as often as wanted",
          "[remote][cli]") {
  const fake_camherd herd{3};
  const auto table = camherd_with({"top", "--sort", "fps", "--server", herd.url()});
  CHECK(table.end == process_exit{0, 0});
  CHECK(contains(table.out, "\ncam2 "));
  CHECK(table.out.find("cam2") < table.out.find("cam0"));
  const auto lines = camherd_with(
      {"top", "--json", "--count", "2", "--interval", "100ms", "--server", herd.url()});
  CHECK(lines.end == process_exit{0, 0});
  CHECK(std::count(lines.out.begin(), lines.out.end(), '\n') == 2);
  const auto first = json::parse(lines.out.substr(0, lines.out.find('\n')), nullptr, false);
  CHECK(first["cameras"].size() == 3);
  CHECK(first["node"]["version"] == "9.8.7");
}

TEST_CASE("top fills a terminal, obeys its keys and gives it back", "[remote][cli][top]") {
  const fake_camherd herd{50};
  pseudo_terminal terminal{{CAMHERD_PROGRAM, "top", "--server", herd.url()}, 24, 100};
  CHECK(terminal.shows("\x1b[?1049h"));
  CHECK(terminal.shows("camherd 9.8.7 at " + herd.url()));
  CHECK(terminal.shows("50 cameras: 1 backoff, 49 streaming"));
  CHECK(terminal.shows("cam19 "));
  terminal.type("\x1b[F");
  CHECK(terminal.shows("31 to 50 of 50"));
  terminal.type("/cam7\r");
  CHECK(terminal.shows("only /cam7 (1)"));
  terminal.type("\x1b");
  CHECK(terminal.shows("of 50"));
  terminal.resize(50, 120);
  CHECK(terminal.shows("1 to 46 of 50"));
  terminal.type("q");
  CHECK(terminal.shows("\x1b[?1049l"));
  CHECK(terminal.ends() == 0);
  CHECK(terminal.is_as_before());
}

TEST_CASE("a signal ends top in good order", "[remote][cli][top]") {
  const fake_camherd herd{1};
  for (const int signal : {SIGTERM, SIGINT}) {
    pseudo_terminal terminal{{CAMHERD_PROGRAM, "top", "--server", herd.url()}, 24, 100};
    CHECK(terminal.shows("1 cameras"));
    terminal.send_signal(signal);
    CHECK(terminal.shows("\x1b[?1049l"));
    CHECK(terminal.ends() == 0);
    CHECK(terminal.is_as_before());
  }
}

TEST_CASE("rm asks on a terminal", "[remote][cli]") {
  const fake_camherd herd{1};
  pseudo_terminal terminal{{CAMHERD_PROGRAM, "rm", "a", "b", "--server", herd.url()}, 24, 80};
  CHECK(terminal.shows("Remove a, b? [y/N]"));
  terminal.type("n\n");
  CHECK(terminal.shows("nothing was removed"));
  CHECK(terminal.ends() == 1);
}

TEST_CASE("bash completes commands, options, their values and names of cameras",
          "[remote][completion]") {
  const fake_camherd herd{2};
  const auto completed = [&](const std::string& line) {
    const std::string script =
        std::string{"PATH=$(dirname "} + CAMHERD_PROGRAM +
        "):$PATH; source <(camherd completion bash); COMP_WORDS=(" + line +
        "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _camherd 2>/dev/null; "
        "printf '%s ' \"${COMPREPLY[@]}\"";
    auto done = run_process({"bash", {"-c", script}, {{"CAMHERD_SERVER", herd.url()}}});
    REQUIRE(done);
    INFO(done->err);
    CHECK(done->err.empty());
    return done->out;
  };
  CHECK(completed("camherd re") == "restart ");
  CHECK(completed("camherd events --l") == "--level --limit ");
  CHECK(completed("camherd events --level w") == "warning ");
  CHECK(completed("camherd rm ''") == "cam0 cam1 ");
  CHECK(completed("camherd rm --server x cam0 cam1") == "cam1 ");
  CHECK(completed("camherd events --camera ''") == "cam0 cam1 ");
  CHECK(completed("camherd set cam0 transp") == "transport= ");
  CHECK(completed("camherd add ''") == " ");
  CHECK(completed("camherd completion ''") == "bash zsh ");
}

TEST_CASE("zsh takes the script", "[remote][completion]") {
  const std::string folder =
      std::string{CAMHERD_PROGRAM}.substr(0, std::string{CAMHERD_PROGRAM}.rfind('/'));
  auto done =
      run_process({"zsh",
                   {"-f", "-c",
                    "path=(" + folder +
                        " $path); autoload -U compinit && compinit -D -u; "
                        "camherd completion zsh > $TMPDIR/_camherd; zsh -n $TMPDIR/_camherd && "
                        "source <(camherd completion zsh) && print ${_comps[camherd]}"},
                   {{"TMPDIR", "/tmp"}}});
  if (!done || !done->end || done->end->code == 127) {
    WARN("zsh is not installed");
    return;
  }
  CHECK(done->err.empty());
  CHECK(done->out == "_camherd\n");
}
