#include "tests/e2e/herd_run.hpp"

#include "tests/e2e/line_search.hpp"
#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

#include <fstream>
#include <iterator>

namespace camherd::testing {
namespace {

constexpr const char* settings =
    "node:\n"
    "  restart_delay: 100ms\n"
    "  restart_delay_max: 200ms\n"
    "  quarantine_delay: 500ms\n"
    "  process_restart_threshold: 1000\n"
    "  connects_per_second: 1000\n"
    "  connects_per_second_per_host: 1000\n"
    "defaults:\n"
    "  frame_queue_size: 1024\n"
    "  max_age: 1m\n"
    "  connect_timeout: 1m\n"
    "  first_frame_timeout: 2m\n"
    "  stall_timeout: 1m\n"
    "cameras:\n";

// Any port, so that runs do not meet.
const auto http_settings =
    "http: {listen: '127.0.0.1:0', token: '" + std::string{api_token} + "'}\n";

}  // namespace

herd_report parse_report(const std::string& text) {
  INFO(text);
  const auto json = nlohmann::json::parse(text, nullptr, false);
  REQUIRE(json.contains("process"));
  CHECK(json["process"].value("threads", 0U) > 0);
  herd_report report;
  REQUIRE(json.contains("cameras"));
  for (const auto& [name, camera] : json["cameras"].items()) {
    CHECK(camera["latency_ms"].size() == 3);
    camera.at("received").get_to(report[name].received);
    camera.at("decoded").get_to(report[name].decoded);
    camera.at("dropped").get_to(report[name].dropped);
    camera.at("restarts").get_to(report[name].restarts);
    camera.at("bytes").get_to(report[name].bytes);
    camera.at("packets_lost").get_to(report[name].packets_lost);
    camera.at("fps").get_to(report[name].fps);
  }
  return report;
}

std::uint64_t sum_of(const std::map<std::string, std::uint64_t>& counts) {
  std::uint64_t sum = 0;
  for (const auto& [name, count] : counts) sum += count;
  return sum;
}

void check_account(const camera_report& camera) {
  CHECK(camera.received == camera.decoded + sum_of(camera.dropped));
}

void check_undisturbed(const camera_report& camera, std::uint64_t least, std::uint64_t gop) {
  check_account(camera);
  CHECK(camera.decoded > least);
  CHECK(camera.bytes > camera.received);
  CHECK(sum_of(camera.restarts) == 0);
  const auto awaited = camera.dropped.at("awaiting_keyframe");
  CHECK(awaited <= gop);
  CHECK(sum_of(camera.dropped) == awaited);
}

herd_run::herd_run(const std::string& cameras, const std::vector<std::string>& more,
                   const std::vector<std::string>& launcher)
    : more_{more}, launcher_{launcher} {
  reconfigure(cameras);
  start();
}

void herd_run::start() {
  auto words = launcher_;
  for (const auto& own : {std::string{CAMHERD_PROGRAM}, std::string{"run"}, config_path(),
                          std::string{"--report"}, report_path()}) {
    words.push_back(own);
  }
  words.insert(words.end(), more_.begin(), more_.end());
  const command_line command{
      words.front(),
      {words.begin() + 1, words.end()},
      {{"CAMHERD_RUNTIME_DIR", runtime_dir()}, {"STATE_DIRECTORY", state_dir()}}};
  auto started = child_process::start(command);
  REQUIRE(started);
  process_.emplace(*std::move(started));
}

void herd_run::kill() {
  process_->send_signal(SIGKILL);
  REQUIRE(process_->wait());
}

void herd_run::reconfigure(const std::string& cameras) const {
  std::ofstream file{config_path()};
  file << settings << cameras << http_settings << std::flush;
  REQUIRE(file);
}

void herd_run::replace_in_file(const std::string& text, const std::string& by) const {
  std::ifstream in{config_path()};
  std::string all{std::istreambuf_iterator<char>{in}, {}};
  const auto at = all.find(text);
  REQUIRE(at != std::string::npos);
  std::ofstream out{config_path()};
  out << all.replace(at, text.size(), by) << std::flush;
  REQUIRE(out);
}

std::optional<std::string> herd_run::logs(const std::string& camera, const std::string& event,
                                          const std::string& words, std::size_t nth) {
  const auto beginning = (camera.empty() ? " " : " camera=" + camera + " ") + "event=" + event;
  const auto matches = [&](const std::string& line) {
    const auto at = line.find(beginning);
    if (at == std::string::npos) return false;
    const auto rest = line.substr(at + beginning.size());
    return (rest.empty() || rest.front() == ' ') && rest.find(words) != std::string::npos;
  };
  return find_log_line(*process_, matches, nth);
}

std::uint16_t herd_run::http_port() {
  const std::string before = "http://127.0.0.1:";
  const auto line = logs("", "listening", before);
  REQUIRE(line);
  return static_cast<std::uint16_t>(
      std::stoul(line->substr(line->find(before) + before.size())));
}

herd_report herd_run::stop(int signal) {
  process_->send_signal(signal);
  return finish();
}

herd_report herd_run::finish() {
  const auto end = process_->wait();
  INFO(log());
  REQUIRE(end == process_exit{0, 0});
  std::ifstream file{report_path()};
  REQUIRE(file);
  return parse_report({std::istreambuf_iterator<char>{file}, {}});
}

}  // namespace camherd::testing
