// The herd is steered from the command line, while the real program runs.
#include "tests/e2e/herd_run.hpp"
#include "tests/e2e/simulator.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/process.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <csignal>
#include <string>

using namespace camherd;
using namespace camherd::testing;
using json = nlohmann::json;

namespace {

using words = std::vector<std::string>;

constexpr auto password = "op3nsesame";

class remote {
 public:
  explicit remote(herd_run& run)
      : variables_{{"CAMHERD_SERVER", "http://127.0.0.1:" + std::to_string(run.http_port())},
                   {"CAMHERD_TOKEN", std::string{api_token}}} {}

  finished_process operator()(words arguments) const {
    return run({CAMHERD_PROGRAM, std::move(arguments), variables_});
  }

  // A shell's command line, in which $camherd is the program.
  finished_process shell(const std::string& line) const {
    auto variables = variables_;
    variables["camherd"] = CAMHERD_PROGRAM;
    return run({"sh", {"-c", line}, variables});
  }

 private:
  static finished_process run(const command_line& command) {
    auto done = run_process(command);
    REQUIRE(done);
    UNSCOPED_INFO("out: " << done->out << "\nerr: " << done->err);
    CHECK(done->out.find(password) == std::string::npos);
    CHECK(done->err.find(password) == std::string::npos);
    return *std::move(done);
  }

  std::map<std::string, std::string> variables_;
};

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

constexpr process_exit well{0, 0};

}  // namespace

TEST_CASE("a camera is added, changed, stopped and removed from the command line",
          "[e2e][remote]") {
  simulator sim{1, small_scene()};
  herd_run run{"  file: {url: 'rtsp://127.0.0.1:9/', enabled: false}\n"};
  const remote camherd{run};
  const auto url = sim.url(0, "admin:" + std::string{password} + "@");
  const auto added = camherd.shell("echo '" + url + "' | $camherd add gate - transport=tcp");
  const bool streams = run.logs("gate", "streaming").has_value();
  const auto again = camherd({"add", "gate", "rtsp://127.0.0.1:9/"});
  const auto advice = camherd({"add", "other", "rtsp://127.0.0.1:9/", "trasnport=udp"});
  const auto changed = camherd({"set", "gate", "max_age=30s", "--json"});
  const bool streams_changed = run.logs("gate", "streaming", "", 2).has_value();
  const auto in_file = camherd({"set", "file", "max_age=30s"});
  const auto restarted = camherd({"restart", "--all", "--json"});
  const bool streams_again = run.logs("gate", "streaming", "", 3).has_value();
  const auto stopped = camherd({"stop", "gate"});
  const bool stops = run.logs("gate", "stopped").has_value();
  const auto started = camherd({"start", "nobody", "gate"});
  const bool starts = run.logs("gate", "streaming", "", 4).has_value();
  const auto removed = camherd({"rm", "gate", "nobody", "--json"});
  const auto names = camherd({"ls", "--names"});
  (void)run.stop(SIGTERM);

  INFO(run.log());
  CHECK(added.end == well);
  CHECK(added.out == "gate added\n");
  CHECK(streams);
  CHECK(again.end == process_exit{1, 0});
  CHECK(advice.end == process_exit{2, 0});
  CHECK(contains(advice.err, "did you mean transport?"));
  CHECK(changed.end == well);
  CHECK(json::parse(changed.out, nullptr, false)["settings"]["max_age"] == "30s");
  CHECK(streams_changed);
  CHECK(in_file.end == process_exit{1, 0});
  CHECK(restarted.out == R"({"camera":"gate","action":"restart","done":true,"error":null})"
                         "\n");
  CHECK(streams_again);
  CHECK(stopped.out == "gate stopped\n");
  CHECK(stops);
  CHECK(started.end == process_exit{3, 0});
  CHECK(started.out == "gate started\n");
  CHECK(started.err == "camherd: no camera nobody\n");
  CHECK(starts);
  CHECK(removed.end == process_exit{3, 0});
  CHECK(contains(removed.out, R"({"camera":"gate","action":"rm","done":true,"error":null})"));
  CHECK(contains(removed.out, R"("done":false,"error":"no camera nobody"})"));
  CHECK(names.out == "file\n");
}

TEST_CASE("fifty cameras are listed and watched", "[e2e][remote]") {
  std::string cameras;
  for (int i = 0; i < 50; ++i)
    cameras += "  cam" + std::to_string(i) + ": {url: 'rtsp://admin:" + password +
               "@127.0.0.1:9/', enabled: false}\n";
  herd_run run{cameras};
  const remote camherd{run};
  REQUIRE(run.logs("", "listening"));
  const auto list = camherd({"ls", "--json"});
  const auto table = camherd({"ls"});
  const auto top = camherd({"top", "--count", "1", "--sort", "name", "--reverse"});
  const auto wrong = camherd.shell("CAMHERD_TOKEN=fedcba9876543210 $camherd rm cam0 cam1");
  (void)run.stop(SIGTERM);

  CHECK(list.end == well);
  CHECK(json::parse(list.out, nullptr, false).size() == 50);
  CHECK(contains(table.out, "\ncam49 "));
  CHECK(contains(table.out, "rtsp://admin:***@127.0.0.1:9/"));
  CHECK(top.end == well);
  CHECK(top.out.find("\ncam49 ") < top.out.find("\ncam10 "));
  CHECK(wrong.end == process_exit{4, 0});
  CHECK(contains(wrong.err, "refused the token"));
  CHECK(wrong.err.find('\n') == wrong.err.size() - 1);
}
