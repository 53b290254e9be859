#pragma once

#include "apps/camherd/api/service.hpp"
#include "tests/apps/http/raw_client.hpp"
#include "tests/apps/steering_fixture.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/sinks/null_sink.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace camherd::testing {

using json = nlohmann::json;

inline constexpr auto token = "0123456789abcdef";
inline constexpr auto secret = "op3nsesame";

struct answer {
  unsigned status = 0;
  std::string head;
  json body;  // null if there is none

  [[nodiscard]] std::string detail() const { return body.value("detail", ""); }
};

/// The API of a herd whose cameras are only wanted: two of the file, one of an operator.
class api_fixture {
 public:
  /// `runtime_dir`: where the cameras' sockets are; empty: where there are none.
  explicit api_fixture(const std::string& runtime_dir = "") {
    auto opened = steering::open(
        file_with({camera_of("yard", "rtsp://admin:" + std::string{secret} + "@10.0.0.5/"),
                   camera_of("off", "rtsp://10.0.0.6/", {{"enabled", "false"}})}),
        nullptr);
    REQUIRE(opened);
    herd_ = *std::move(opened);
    herd_->start([](const std::shared_ptr<const config>&) {});
    REQUIRE_FALSE(
        herd_->add(camera_of("door", "rtsp://admin:" + std::string{secret} + "@10.0.0.7/")));
    http_config settings;
    settings.listen = {{"127.0.0.1", 0}};
    settings.token = token;
    auto started = api::service::start(
        settings,
        {.wanted = *herd_,
         .newest = [this] { return newest(); },
         .restart = [this](const auto& name) { restart(name); },
         .reloaded = [] { return reload_outcome{}; },
         .log = log_,
         .runtime_dir = runtime_dir.empty() ? folder_ / "run" : runtime_dir},
        "1.2.3");
    if (!started) FAIL(started.error().message());
    served_ = *std::move(started);
    const auto url = served_->urls().at(0);
    port_ = static_cast<std::uint16_t>(std::stoul(url.substr(url.rfind(':') + 1)));
  }

  answer ask(const std::string& method, const std::string& path, const std::string& body = "",
             const std::string& fields = "") {
    return ask_anybody(method, path, body,
                       "Authorization: Bearer " + std::string{token} + "\r\n" + fields);
  }

  /// Without the token.
  answer ask_anybody(const std::string& method, const std::string& path,
                     const std::string& body = "", const std::string& fields = "") {
    raw_client client{port_};
    client.say(method + ' ' + path +
               " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: " +
               std::to_string(body.size()) + "\r\n" + fields + "\r\n" + body);
    const auto text = client.rest();
    CHECK(text.find(secret) == std::string::npos);
    const auto end = text.find("\r\n\r\n");
    REQUIRE(end != std::string::npos);
    return {status_of(text), text.substr(0, end + 2),
            json::parse(text.substr(end + 4), nullptr, false)};
  }

  /// What the herd says from now on.
  void report(herd_status status) {
    auto told = std::make_shared<const herd_status>(std::move(status));
    {
      const std::lock_guard lock{mutex_};
      newest_ = told;
    }
    served_->tell(std::move(told));
  }

  [[nodiscard]] std::vector<std::string> restarted() {
    const std::lock_guard lock{mutex_};
    return restarted_;
  }

  [[nodiscard]] std::string etag(const std::string& camera) const {
    return '"' + std::to_string(herd_->camera(camera).value().revision) + '"';
  }

  [[nodiscard]] steering& herd() { return *herd_; }
  [[nodiscard]] event_log& log() { return *log_; }
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  std::shared_ptr<const herd_status> newest() {
    const std::lock_guard lock{mutex_};
    return newest_;
  }

  void restart(const std::string& camera) {
    const std::lock_guard lock{mutex_};
    restarted_.push_back(camera);
  }

  temporary_folder folder_;
  std::shared_ptr<event_log> log_ =
      make_event_log({}, std::make_shared<spdlog::sinks::null_sink_mt>());
  std::mutex mutex_;  // the server's thread asks
  std::shared_ptr<const herd_status> newest_;
  std::vector<std::string> restarted_;
  std::unique_ptr<steering> herd_;
  std::unique_ptr<api::service> served_;
  std::uint16_t port_ = 0;
};

}  // namespace camherd::testing
