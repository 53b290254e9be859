#include "core/base/camera_url.hpp"

#include "tests/support/catch.hpp"

#include <sstream>
#include <string>
#include <vector>

namespace camherd {
namespace {

camera_url url_of(std::string_view text) {
  auto url = camera_url::parse(text);
  INFO(text);
  REQUIRE(url);
  return *url;
}

std::string message_of(std::string_view text) {
  const auto url = camera_url::parse(text);
  INFO(text);
  REQUIRE_FALSE(url);
  CHECK(url.error().kind() == error_kind::invalid_argument);
  return url.error().message();
}

}  // namespace

TEST_CASE("a camera URL is taken apart", "[base][camera_url]") {
  const auto url = url_of("RTSP://admin:secret@Cam.example:8554/live/main?channel=1&x=2");
  CHECK(url.scheme() == "rtsp");
  CHECK(url.user() == "admin");
  CHECK(url.password() == "secret");
  CHECK(url.host() == "Cam.example");
  CHECK(url.port() == 8554);
  CHECK(url.path() == "/live/main?channel=1&x=2");
  CHECK(url.has_credentials());
  CHECK(url.is_rtsp());
}

TEST_CASE("each scheme has its default port, which is not printed", "[base][camera_url]") {
  CHECK(url_of("rtsp://h/").port() == 554);
  CHECK(url_of("rtsps://h/").port() == 322);
  CHECK(url_of("http://h/").port() == 80);
  CHECK(url_of("https://h/").port() == 443);
  CHECK(url_of("rtmp://h/").port() == 1935);
  CHECK(url_of("srt://h/").port() == 0);
  CHECK(url_of("rtsp://h:554/x").without_credentials() == "rtsp://h/x");
  CHECK(url_of("rtsp://h:555/x").without_credentials() == "rtsp://h:555/x");
  CHECK(url_of("srt://h:9000").without_credentials() == "srt://h:9000");
  CHECK(url_of("rtsp://h:/x").port() == 554);
}

TEST_CASE("only rtsp and rtsps are RTSP", "[base][camera_url]") {
  CHECK(url_of("rtsps://h").is_rtsp());
  CHECK_FALSE(url_of("http://h").is_rtsp());
  CHECK_FALSE(url_of("file:/tmp/x.mp4").is_rtsp());
}

TEST_CASE("the path may be absent or a query alone", "[base][camera_url]") {
  CHECK(url_of("rtsp://h").path().empty());
  CHECK(url_of("rtsp://h").without_credentials() == "rtsp://h");
  CHECK(url_of("rtsp://h?channel=1").path() == "/?channel=1");
  CHECK(url_of("rtsp://h/x#media=video").path() == "/x");
  CHECK(url_of("rtsp://h#media=video").host() == "h");
}

TEST_CASE("a file URL is its path", "[base][camera_url]") {
  CHECK(url_of("file:///srv/clip.mp4").path() == "/srv/clip.mp4");
  CHECK(url_of("file:clips/a b#1.mp4").path() == "clips/a b#1.mp4");
  CHECK(url_of("file:///srv/clip.mp4").without_credentials() == "file:/srv/clip.mp4");
}

TEST_CASE("IPv6 addresses stand in brackets", "[base][camera_url]") {
  const auto url = url_of("rtsp://u:p@[fe80::1%25eth0]:8554/x");
  CHECK(url.host() == "fe80::1%25eth0");
  CHECK(url.port() == 8554);
  CHECK(url_of("rtsp://[::1]/x").authority() == "[::1]");
  CHECK(url_of("rtsp://[::1]:555/x").without_credentials() == "rtsp://[::1]:555/x");
}

TEST_CASE("percent-encoded credentials are decoded", "[base][camera_url]") {
  const auto url = url_of("rtsp://us%40er:p%3a%2F%3f%23%5B%25@h/x");
  CHECK(url.user() == "us@er");
  CHECK(url.password() == "p:/?#[%");
}

TEST_CASE("raw special characters in a password are understood", "[base][camera_url]") {
  const auto password =
      GENERATE(as<std::string>{}, "p@ss", "p@ss@word", "p:ss:", "p/ss", "p?ss", "p#ss", "#pass",
               "/pass", "?pass", "p%ss", "100%", "%zz", "12345#6", "p@b#c", "a b",
               "p\xc3\xa4ss", "!$&'()*+,;=[]", "a:b@c:d");
  INFO(password);
  const auto url = url_of("rtsp://admin:" + password + "@192.168.1.64:8554/live/1?a=b@c");
  CHECK(url.user() == "admin");
  CHECK(url.password() == password);
  CHECK(url.host() == "192.168.1.64");
  CHECK(url.path() == "/live/1?a=b@c");
}

TEST_CASE("a password that reads as a port before a slash must be encoded",
          "[base][camera_url]") {
  CHECK(url_of("rtsp://admin:1234/5@10.0.0.1/x").host() == "admin");
  CHECK(url_of("rtsp://admin:1234%2F5@10.0.0.1/x").password() == "1234/5");
}

TEST_CASE("an at sign in the path is not user information", "[base][camera_url]") {
  const auto url = url_of("rtsp://cam.example:554/user@example.com/main");
  CHECK(url.host() == "cam.example");
  CHECK_FALSE(url.has_credentials());
  CHECK(url.path() == "/user@example.com/main");
  CHECK(url_of("rtsp://u:p@cam/a@b").path() == "/a@b");
  CHECK(url_of("rtsp://u:a/b@10.0.0.1/x@y").host() == "10.0.0.1");
}

TEST_CASE("a user without a password, and a password without a user", "[base][camera_url]") {
  const auto user = url_of("rtsp://viewer@h/");
  CHECK(user.user() == "viewer");
  CHECK(user.password().empty());
  CHECK(user.redacted() == "rtsp://viewer@h/");
  const auto password = url_of("rtsp://:hunter2@h/");
  CHECK(password.user().empty());
  CHECK(password.password() == "hunter2");
  CHECK(password.redacted() == "rtsp://:***@h/");
  CHECK_FALSE(url_of("rtsp://@h/").has_credentials());
}

TEST_CASE("what is no camera URL is refused without quoting it", "[base][camera_url]") {
  const std::vector<std::string> bad{"",
                                     "hunter2",
                                     "//admin:hunter2@h/",
                                     "1rtsp://admin:hunter2@h/",
                                     "rtsp:admin:hunter2@h/",
                                     "rtsp:/admin:hunter2@h/",
                                     "rtsp://admin:hunter2@",
                                     "rtsp://admin:hunter2@/path",
                                     "rtsp://admin:hunter2@:554/path",
                                     "rtsp://admin:hunter2@h:0/",
                                     "rtsp://admin:hunter2@h:65536/",
                                     "rtsp://admin:hunter2@h:99999999999999999999/",
                                     "rtsp://admin:hunter2@h:http/",
                                     "rtsp://admin:hunter2@h:-1/",
                                     "rtsp://admin:hunter2@[::1/x",
                                     "rtsp://admin:hunter2@[::1]x/x",
                                     "rtsp://admin:hunter2@h/a b",
                                     "rtsp://admin:hunter2@h/a\r\nX: y",
                                     "rtsp://admin:hunter2@h\n/",
                                     "file:"};
  for (const auto& text : bad) {
    const auto message = message_of(text);
    CHECK(message.find("hunter2") == std::string::npos);
    CHECK(message.find("admin") == std::string::npos);
  }
}

TEST_CASE("printing a URL shows no password", "[base][camera_url]") {
  const auto url = url_of("rtsp://ad%20min:hunter2@h/x");
  std::ostringstream out;
  out << url;
  CHECK(out.str() == "rtsp://ad%20min:***@h/x");
  CHECK(url.redacted() == out.str());
  CHECK(url.without_credentials() == "rtsp://h/x");
}

TEST_CASE("secrets among the parameters are hidden", "[base][camera_url]") {
  const auto shown = [](std::string_view text) { return url_of(text).redacted(); };
  CHECK(shown("rtsp://h/x?user=a&password=hunter2&channel=1") ==
        "rtsp://h/x?user=a&password=***&channel=1");
  CHECK(shown("rtsp://h/x?PassWd=hunter2") == "rtsp://h/x?PassWd=***");
  CHECK(shown("rtsp://h/x?pwd=hunter2&pass=hunter2&token=hunter2&secret=hunter2") ==
        "rtsp://h/x?pwd=***&pass=***&token=***&secret=***");
  CHECK(shown("rtsp://h/x?auth=hunter2&key=hunter2&apiKey=hunter2") ==
        "rtsp://h/x?auth=***&key=***&apiKey=***");
  CHECK(shown("rtsp://h/x?access_token=hunter2&y=1") == "rtsp://h/x?access_token=***&y=1");
  CHECK(shown("rtsp://h/x?p%61ssword=hunter2") == "rtsp://h/x?p%61ssword=***");
  CHECK(shown("rtsp://h/x?a=1;password=hunter2;b=2&c=3") == "rtsp://h/x?a=1;password=***&c=3");
  CHECK(shown("rtsp://h/x?password=hun/ter=2?&c=3") == "rtsp://h/x?password=***&c=3");
  CHECK(shown("http://u:hunter2@h/snap.cgi?usr=u&pwd=hunter2") ==
        "http://u:***@h/snap.cgi?usr=u&pwd=***");
}

TEST_CASE("secrets in the path itself are hidden", "[base][camera_url]") {
  CHECK(url_of("rtsp://h/user=admin&password=hunter2&channel=1").redacted() ==
        "rtsp://h/user=admin&password=***&channel=1");
  CHECK(url_of("rtsp://h/user=admin_password=hunter2_channel=1.sdp").redacted() ==
        "rtsp://h/user=admin_password=***");
}

TEST_CASE("what is no secret is shown", "[base][camera_url]") {
  for (const auto* text :
       {"rtsp://h/x?channel=1&keyframe=2", "rtsp://h/user=a&password=&channel=1",
        "rtsp://h/password/x?a=b&c", "rtsp://h/x?&&=&a==", "rtsp://h/?password"}) {
    CHECK(url_of(text).redacted() == text);
  }
}

TEST_CASE("a URL with its credentials can be parsed again", "[base][camera_url]") {
  for (const auto* text :
       {"rtsp://h/x", "rtsp://u:p@h:8554/x?y=z", "rtsp://u@[::1]/", "rtsp://:p@h", "file:/a/b",
        "rtsp://a%40b:%3A%2F%3F%23%5B%5D%40%25%20%00@h/x", "rtsp://u:p@ss#w:d@h/x",
        "http://u:%zz@h"}) {
    const auto url = url_of(text);
    CHECK(url_of(url.with_credentials()) == url);
  }
}

TEST_CASE("a login can be exchanged", "[base][camera_url]") {
  const auto url = url_of("rtsp://h:8554/x").with_login("us/er", "p@ss");
  CHECK(url.with_credentials() == "rtsp://us%2Fer:p%40ss@h:8554/x");
  CHECK(url.redacted() == "rtsp://us%2Fer:***@h:8554/x");
  CHECK(url_of("rtsp://a:b@h/x").with_login("", "").redacted() == "rtsp://h/x");
}

}  // namespace camherd
