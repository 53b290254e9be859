#include "tests/e2e/simulator.hpp"

#include "tests/e2e/line_search.hpp"
#include "tests/support/catch.hpp"

#include <chrono>
#include <csignal>
#include <regex>
#include <utility>

namespace camherd::testing {

std::vector<std::string> small_scene(const std::string& codec) {
  std::vector<std::string> arguments{"--codec", codec, "--size",    "320x240",
                                     "--fps",   "25",  "--seconds", "2"};
  if (codec != "mjpeg") {
    arguments.insert(arguments.end(), {"--gop", std::to_string(small_gop)});
  }
  return arguments;
}

simulator::simulator(unsigned cameras, std::vector<std::string> arguments)
    : cameras_{cameras}, arguments_{std::move(arguments)} {
  start(0);
}

void simulator::start(std::uint16_t port) {
  command_line command{CAMHERD_SIM_PROGRAM, arguments_, {}};
  const auto sent_log = folder_ / "sent.log";
  command.arguments.insert(command.arguments.end(),
                           {"--cameras", std::to_string(cameras_), "--port",
                            std::to_string(port), "--sent-log", sent_log});
  // At this level GStreamer's server tells every request.
  command.environment = {{"GST_DEBUG", "rtspclient:4"}, {"GST_DEBUG_NO_COLOR", "1"}};
  auto started = child_process::start(command);
  REQUIRE(started);
  process_.emplace(*std::move(started));
  const auto ready = process_->wait_for_line(output::out, "ready ");
  INFO(process_->text(output::err));
  REQUIRE(ready);
  std::smatch parts;
  REQUIRE(
      std::regex_search(*ready, parts, std::regex{"ready (rtsps?)://127\\.0\\.0\\.1:(\\d+)/"}));
  scheme_ = parts[1];
  port_ = static_cast<std::uint16_t>(std::stoi(parts[2]));
  auto log = sent_log_reader::open(sent_log);
  REQUIRE(log);
  sent_.emplace(*std::move(log));
}

std::string simulator::url(unsigned camera, const std::string& login) const {
  return scheme_ + "://" + login + "127.0.0.1:" + std::to_string(port_) + "/cam" +
         std::to_string(camera);
}

bool simulator::sends(std::uint64_t pictures) {
  using namespace std::chrono_literals;
  std::vector<std::uint64_t> wanted;
  for (unsigned n = 0; n < cameras_; ++n) wanted.push_back(sent_->count(n) + pictures);
  const auto deadline = std::chrono::steady_clock::now() + child_process::patience;
  for (unsigned n = 0; n < cameras_; ++n) {
    // Nothing tells of a new entry in the sent log, but the end of the program ends the wait.
    while (sent_->count(n) < wanted[n]) {
      if (process_->wait(20ms) || std::chrono::steady_clock::now() > deadline) return false;
    }
  }
  return true;
}

bool simulator::hears(const std::string& method, unsigned camera) {
  const auto request = "received a request " + method + " ";
  const auto target = "/cam" + std::to_string(camera) + "/";
  const auto matches = [&](const std::string& line) {
    const auto at = line.find(request);
    return at != std::string::npos && line.find(target, at) != std::string::npos;
  };
  return find_log_line(*process_, matches).has_value();
}

void simulator::kill() {
  process_->send_signal(SIGKILL);
  REQUIRE(process_->wait() == process_exit{-1, SIGKILL});
}

}  // namespace camherd::testing
