#include "tests/config/parsing.hpp"

using namespace camherd;
using namespace camherd::testing;
using namespace std::chrono_literals;

TEST_CASE("a camera given as a URL has every default", "[config][camera]") {
  const auto c = valid("cameras:\n  yard: rtsp://10.0.0.6/live\n");
  camera_config expected;
  expected.name = "yard";
  expected.url = *camera_url::parse("rtsp://10.0.0.6/live");
  REQUIRE(c.cameras == std::vector{expected});
}

TEST_CASE("cameras stay in the order of the file", "[config][camera]") {
  const auto c = valid("cameras: {z: 'rtsp://h/1', a: 'rtsp://h/2', m: 'rtsp://h/3'}");
  REQUIRE(c.cameras.size() == 3);
  CHECK(c.cameras[0].name == "z");
  CHECK(c.cameras[1].name == "a");
  CHECK(c.cameras[2].name == "m");
}

TEST_CASE("cameras may be a list of maps with names", "[config][camera]") {
  const auto c = valid(
      "cameras:\n"
      "  - name: front\n"
      "    url: rtsp://h/1\n"
      "    transport: udp\n"
      "  - {name: back, url: 'rtsp://h/2'}\n");
  REQUIRE(c.cameras.size() == 2);
  CHECK(c.cameras[0].name == "front");
  CHECK(c.cameras[0].transport == transport_choice::udp);
  CHECK(c.cameras[1].name == "back");
}

TEST_CASE("a camera's key goes before a default, a default before the program's own",
          "[config][camera]") {
  const auto c = valid(
      "defaults: {transport: udp, max_age: 2s}\n"
      "cameras:\n"
      "  a: rtsp://h/1\n"
      "  b: {url: 'rtsp://h/2', transport: auto}\n");
  CHECK(c.cameras[0].transport == transport_choice::udp);
  CHECK(c.cameras[1].transport == transport_choice::automatic);
  CHECK(c.cameras[1].max_age == 2s);
  CHECK(c.cameras[1].stall_timeout == camera_config{}.stall_timeout);
}

TEST_CASE("the fixed names of camera keys are defaults at the top level too",
          "[config][camera]") {
  const auto c = valid(
      "frames_per_second_limit: 2.5\n"
      "frame_queue_size: 16\n"
      "cameras: {a: 'rtsp://h/1', b: {url: 'rtsp://h/2', frame_queue_size: 4}}");
  CHECK(c.cameras[0].frames_per_second_limit == 2.5);
  CHECK(c.cameras[0].frame_queue_size == 16);
  CHECK(c.cameras[1].frame_queue_size == 4);
}

TEST_CASE("a key at the top level and in its section is a problem", "[config][camera]") {
  CHECK(problems("frame_queue_size: 16\ndefaults: {frame_queue_size: 4}\ncameras: {}") ==
        "2:12: frame_queue_size is also given at the top level, in line 1; keep one of them");
  CHECK(problems("node: {max_processes: 0}\nmax_processes: 0\ncameras: {}") ==
        "1:8: max_processes is also given at the top level, in line 2; keep one of them");
}

TEST_CASE("a camera's own login goes before the URL's, the URL's before the default",
          "[config][camera][login]") {
  const auto c = valid(
      "defaults: {username: operator, password: 'de@fault'}\n"
      "cameras:\n"
      "  none: rtsp://h/1\n"
      "  inline: rtsp://admin:inline@h/2\n"
      "  both: {url: 'rtsp://admin:inline@h/3', password: own}\n"
      "  own: {url: 'rtsp://h/4', username: me, password: '%41:/@'}\n");
  CHECK(c.cameras[0].url.user() == "operator");
  CHECK(c.cameras[0].url.password() == "de@fault");
  CHECK(c.cameras[1].url.user() == "admin");
  CHECK(c.cameras[1].url.password() == "inline");
  CHECK(c.cameras[2].url.user() == "admin");
  CHECK(c.cameras[2].url.password() == "own");
  CHECK(c.cameras[3].url.user() == "me");
  CHECK(c.cameras[3].url.password() == "%41:/@");
}

TEST_CASE("a file takes no login, and no default login either", "[config][camera][login]") {
  const auto c =
      valid("defaults: {username: u, password: p}\ncameras: {a: 'file:///clip.mp4'}");
  CHECK_FALSE(c.cameras[0].url.has_credentials());
  CHECK(problems("cameras:\n  a:\n    url: file:///clip.mp4\n    username: u\n") ==
        "4:5: a file: URL takes no username and password");
}

TEST_CASE("a camera name outside the rule is a problem that states the rule",
          "[config][camera]") {
  const std::string rule =
      "a camera name has 1 to 63 of a-z, 0-9, '_' and '-', and begins with a letter or digit";
  CHECK(problems("cameras: {'_a': 'rtsp://h/'}") == "1:11: " + rule);
  CHECK(problems("cameras:\n  Front Door: rtsp://h/\n") ==
        "2:3: " + rule + "; did you mean front-door?");
  CHECK(problems("cameras:\n  - {name: '', url: 'rtsp://h/'}\n") == "2:12: " + rule);
  CHECK(problems("cameras: {" + std::string(64, 'a') + ": 'rtsp://h/'}") == "1:11: " + rule);
}

TEST_CASE("two cameras of one name are a problem in both shapes", "[config][camera]") {
  CHECK(problems("cameras:\n  a: rtsp://h/1\n  a: rtsp://h/2\n") ==
        "3:3: this key is already given in line 2");
  CHECK(problems("cameras:\n"
                 "  - {name: a, url: 'rtsp://h/1'}\n"
                 "  - {name: a, url: 'rtsp://h/2'}\n") ==
        "3:12: camera a is already given in line 2");
}

TEST_CASE("a camera without a URL, or of another shape, is a problem", "[config][camera]") {
  CHECK(problems("cameras:\n  a:\n  b: {transport: udp}\n") ==
        "2:3: a camera without url:\n3:3: a camera without url:");
  CHECK(problems("cameras:\n  a: [rtsp://h/]\n") ==
        "2:6: a camera is a URL, or a map with url:");
  CHECK(problems("cameras: [rtsp://h/]") ==
        "1:11: a camera in a list is a map with name: and url:");
  CHECK(problems("cameras: [{url: 'rtsp://h/'}]") == "1:11: a camera without name:");
  CHECK(problems("cameras: rtsp://h/") ==
        "1:10: cameras must be a map of names, or a list of maps with a name: each");
  CHECK(problems("cameras: {a: {name: a, url: 'rtsp://h/'}}") ==
        "1:15: the name of this camera is the key above; leave it out");
}

TEST_CASE("a bad URL is a problem that does not repeat it", "[config][camera][secrets]") {
  CHECK(problems("cameras: {a: 'admin:hunter2@10.0.0.5'}") ==
        "1:14: URL: no // after the scheme");
  CHECK(problems("cameras: {a: 'rtsp://admin:hunter2@h:99999/'}") ==
        "1:14: URL: the port is not a number from 1 to 65535");
  CHECK(problems("cameras: {a: 'rstp://admin:hunter2@h/'}") ==
        "1:14: URL: this scheme is not supported; did you mean rtsp://?");
  CHECK(problems("cameras: {a: 'concat://x/'}") == "1:14: URL: this scheme is not supported");
  CHECK(problems("cameras: {a: 'rtsp://h$x:1/'}").starts_with("1:14: URL: the host holds"));
}

TEST_CASE("more cameras than the limit are a problem", "[config][camera]") {
  std::string yaml = "cameras:\n";
  for (int i = 0; i < 4097; ++i) yaml += "  c" + std::to_string(i) + ": rtsp://h/\n";
  CHECK(problems(yaml) == "1:1: more than 4096 cameras");
}

TEST_CASE("a camera named null can be given and printed", "[config][camera]") {
  CHECK(problems("cameras: {null: 'rtsp://h/'}") == "1:11: an empty key, or null: quote it");
  const auto c = valid("cameras: {'null': 'rtsp://h/'}");
  REQUIRE(c.cameras.size() == 1);
  CHECK(valid(to_yaml(c)) == c);
}
