#include "config/camera_settings.hpp"

#include "tests/config/parsing.hpp"

using namespace camherd;
using namespace camherd::testing;

namespace {

camera_config made(std::string_view name, const std::vector<camera_setting>& settings) {
  auto outcome = parse_camera(name, settings);
  for (const auto& problem : outcome.problems)
    UNSCOPED_INFO(problem.key << ": " << problem.text);
  REQUIRE(outcome.problems.empty());
  return std::move(outcome.value);
}

// "key: text", one a line.
std::string refused(std::string_view name, const std::vector<camera_setting>& settings) {
  std::string lines;
  for (const auto& [key, text] : parse_camera(name, settings).problems) {
    if (!lines.empty()) lines += '\n';
    lines += key + ": " + text;
  }
  return lines;
}

camera_url url(std::string_view text) {
  auto parsed = camera_url::parse(text);
  REQUIRE(parsed);
  return *std::move(parsed);
}

std::string restored(std::string_view given, std::string_view stored) {
  const auto meant = with_stored_secrets(url(given), url(stored));
  return meant ? meant->with_credentials() : meant.error().message();
}

constexpr std::string_view origin_changed =
    "*** stands for a secret of the URL only while scheme, host, port and user stay the same; "
    "give the secret again";

}  // namespace

TEST_CASE("settings make the camera that the file would make", "[config][settings]") {
  CHECK(made("yard", {{"url", "rtsp://h/1"},
                      {"transport", "udp"},
                      {"max_age", "2s"},
                      {"name", "yard"},
                      {"username", "u"},
                      {"password", "p"}}) ==
        valid("cameras: {yard: {url: 'rtsp://h/1', transport: udp, max_age: 2s, username: u, "
              "password: p}}")
            .cameras[0]);
}

TEST_CASE("each problem of settings names its key", "[config][settings]") {
  CHECK(refused("yard", {{"transprot", "udp"},
                         {"max_age", "10"},
                         {"frame_queue_size", "0"},
                         {"url", "gopher://h/"},
                         {"name", "door"}}) ==
        "name: name is not the name of this camera, which cannot be changed\n"
        "transprot: unknown key 'transprot' of a camera; did you mean transport?\n"
        "max_age: max_age '10' needs a unit (ms, s, m or h); did you mean 10s?\n"
        "frame_queue_size: frame_queue_size '0' must be from 1 to 1024\n"
        "url: URL: this scheme is not supported");
  CHECK(refused("Front Door", {{"url", "rtsp://h/"}}).find("did you mean front-door?") !=
        std::string::npos);
  CHECK(refused("yard", {}) == ": a camera without url:");
  CHECK(refused("yard", {{"url", "rtsp://h/"}, {"url", "rtsp://i/"}}) ==
        "url: url is given twice");
}

TEST_CASE("settings that are no text are refused", "[config][settings]") {
  CHECK(refused("yard", {{"url", "rtsp://h/"}, {"idle", "off\n"}}) ==
        "idle: idle holds control characters or is not UTF-8");
  CHECK(refused("yard", {{"url", "rtsp://u:\xff@h/"}}).find("url: url holds") == 0);
  CHECK(refused("yard", {{"url", "rtsp://h/"}, {"\x01", "x"}}) ==
        ": a key holds control characters or is not UTF-8");
}

TEST_CASE("settings cannot look into the environment", "[config][settings][secrets]") {
  CHECK(made("yard", {{"url", "rtsp://h/${HOME}"}}).url.path() == "/${HOME}");
  CHECK(made("yard", {{"url", "rtsp://${HOME}:$${HOME}@h/"}}).url.password() == "$${HOME}");
  CHECK(
      refused("yard", {{"url", "rtsp://h/"}, {"idle", "${HOME}"}}).find("idle: idle must be") ==
      0);
}

TEST_CASE("printed settings make the same camera", "[config][settings]") {
  const std::string address = GENERATE(
      "rtsp://us%20er:p%40%25%3a%2f%23%3f%00@[fe80::1%25eth0]:8554/x?y=\"z\"&${V}$${W}",
      "file:////double/slash.mp4", "file:relative clip.mp4", "rtsp://user@h",
      "http://:pw@h:81/");
  auto camera = made("yard", {{"url", address}, {"loop", "no"}, {"idle_buffer_size", "100kB"}});
  CHECK(made("yard", print_camera(camera, secrets::shown)) == camera);
}

TEST_CASE("printed settings hide secrets unless told otherwise",
          "[config][settings][secrets]") {
  const auto camera = made("yard", {{"url", "rtsp://u:hunter2@h/?token=hunter2"}});
  CHECK(print_camera(camera, secrets::hidden)[0] ==
        camera_setting{"url", "rtsp://u:***@h/?token=***"});
  for (const auto& [key, value] : print_camera(camera, secrets::hidden))
    CHECK(value.find("hunter2") == std::string::npos);
}

TEST_CASE("a URL as it was shown means the stored one", "[config][settings][secrets]") {
  const std::string stored = GENERATE(
      "rtsp://u:pw@h/x", "rtsp://h/user=a&password=pw&channel=1",
      "rtsp://u%20v:pw@[::1]:8554/x?token=pw&b=1", "file:clip.mp4?token=pw", "rtsp://:pw@h/");
  const auto address = url(stored);
  REQUIRE(hides_secrets(url(address.redacted())));
  const auto meant = with_stored_secrets(url(address.redacted()), address);
  REQUIRE(meant);
  CHECK(*meant == address);
}

TEST_CASE("a hidden secret stays while path or other secrets change",
          "[config][settings][secrets]") {
  CHECK(restored("rtsp://u:***@h/2?b=1", "rtsp://u:pw@h/1") == "rtsp://u:pw@h/2?b=1");
  CHECK(restored("rtsp://u:new@h/?token=***", "rtsp://u:pw@h/?token=t") ==
        "rtsp://u:new@h/?token=t");
  CHECK(restored("rtsp://v:new@h/?token=***", "rtsp://u:pw@h/?token=t") ==
        "rtsp://v:new@h/?token=t");
  CHECK(restored("rtsp://u:new@other/", "rtsp://u:pw@h/") == "rtsp://u:new@other/");
}

TEST_CASE("a hidden secret is never sent to somebody else", "[config][settings][secrets]") {
  CHECK(restored("rtsp://u:***@other/x", "rtsp://u:pw@h/x") == origin_changed);
  CHECK(restored("rtsp://u:***@h:555/x", "rtsp://u:pw@h/x") == origin_changed);
  CHECK(restored("rtsps://u:***@h/x", "rtsp://u:pw@h/x") == origin_changed);
  CHECK(restored("rtsp://v:***@h/x", "rtsp://u:pw@h/x") == origin_changed);
  CHECK(restored("rtsp://other/?token=***", "rtsp://h/?token=t") == origin_changed);
  CHECK(restored("rtsp://h/2?token=***", "rtsp://h/1?token=t").find("in the path") !=
        std::string::npos);
}
