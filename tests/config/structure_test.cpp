#include "tests/config/parsing.hpp"

#include <algorithm>

using namespace camherd;
using namespace camherd::testing;

TEST_CASE("a file without cameras must say so", "[config][structure]") {
  CHECK(valid("cameras:").cameras.empty());
  CHECK(valid("cameras: {}").cameras.empty());
  CHECK(valid("cameras: []").cameras.empty());
  CHECK(problems("node: {}") == "1:1: no cameras; write 'cameras: {}' if that is meant");
}

TEST_CASE("an empty file is a problem", "[config][structure]") {
  const std::string text = "1:1: the file is empty; write 'cameras: {}' for no cameras";
  CHECK(problems("") == text);
  CHECK(problems("# nothing\n") == text);
  CHECK(problems("---\n") == text);
  CHECK(problems("\xEF\xBB\xBF") == text);
}

TEST_CASE("a file that is no map is a problem", "[config][structure]") {
  CHECK(problems("just text") == "1:1: the file must be a map with the key cameras:");
  CHECK(problems("- a\n") == "1:1: the file must be a map with the key cameras:");
}

TEST_CASE("all problems are reported, in the order of the file", "[config][structure]") {
  CHECK(problems("cameras:\n"
                 "  a:\n"
                 "    url: rtsp://h/\n"
                 "    frame_queue_size: many\n"
                 "    transport: tpc\n"
                 "  b: nonsense\n"
                 "node:\n"
                 "  io_threads: 0\n") ==
        "4:23: frame_queue_size 'many' must be a whole number\n"
        "5:16: transport 'tpc' must be tcp, udp or auto; did you mean tcp?\n"
        "6:6: URL: no scheme such as rtsp:// at its beginning\n"
        "8:15: io_threads '0' must be from 1 to 16");
}

TEST_CASE("an unknown key names the nearest known one", "[config][structure]") {
  CHECK(problems("cameras: {a: {url: 'rtsp://h/', trasnport: udp}}") ==
        "1:33: unknown key 'trasnport' of a camera; did you mean transport?");
  CHECK(problems("camera: {}\ncameras: {}") ==
        "1:1: unknown key 'camera'; did you mean cameras?");
  CHECK(problems("defaults: {frameQueueSiz: 8}\ncameras:") ==
        "1:12: unknown key 'frameQueueSiz' of defaults; did you mean frame_queue_size?");
}

TEST_CASE("an unknown key without a neighbour names what is known", "[config][structure]") {
  CHECK(
      problems("log: {colour: always}\ncameras:") ==
      "1:7: unknown key 'colour' of log; known are level, format, file, file_size, file_count");
  CHECK(problems("cameras: {a: {url: 'rtsp://h/', something: else}}") ==
        "1:33: unknown key 'something' of a camera");
}

TEST_CASE("a key in the wrong place is told where it belongs", "[config][structure]") {
  CHECK(problems("transport: udp\ncameras:") ==
        "1:1: unknown key 'transport'; it belongs under defaults: or a camera");
  CHECK(problems("cameras: {a: {url: 'rtsp://h/', io_threads: 2}}") ==
        "1:33: unknown key 'io_threads' of a camera; it belongs under node:");
  CHECK(problems("defaults: {url: 'rtsp://h/'}\ncameras:") ==
        "1:12: unknown key 'url' of defaults; it belongs under a camera");
}

TEST_CASE("keys of other programs are translated", "[config][structure]") {
  CHECK(problems("cameras: {a: {url: 'rtsp://h/', fps: 5}}") ==
        "1:33: unknown key 'fps' of a camera; here it is called frames_per_second_limit");
  CHECK(problems("streams: {}\ncameras: {}") ==
        "1:1: unknown key 'streams'; here it is called cameras");
}

TEST_CASE("a key that could be a secret is not repeated", "[config][structure][secrets]") {
  CHECK(problems("cameras:\n  a:\n    rtsp://admin:hunter2@h/: x\n    url: rtsp://h/\n") ==
        "3:5: unknown key of a camera");
}

TEST_CASE("a list or map where one value is wanted is a problem", "[config][structure]") {
  CHECK(problems("frame_queue_size: [8]\nnode: [1]\nlog: text\ndefaults: 5\ncameras:") ==
        "1:19: frame_queue_size takes one value, not a list\n"
        "2:7: node must be a map of keys and values\n"
        "3:6: log must be a map of keys and values\n"
        "4:11: defaults must be a map of keys and values");
  CHECK(problems("cameras: {a: {url: {b: c}}}") == "1:20: url takes one value, not a map");
}

TEST_CASE("a key without a value is a problem at the key", "[config][structure]") {
  CHECK(problems("cameras:\n  a:\n    url: rtsp://h/\n    password: #hunter2\n") ==
        "4:5: password has no value; quote one that begins with '#' or '&', or is null");
}

TEST_CASE("a section without a value has its defaults", "[config][structure]") {
  CHECK(valid("node:\nlog:\ndefaults:\ncameras:\n") == config{});
}

TEST_CASE("a duplicate key is a problem that names the first", "[config][structure]") {
  CHECK(problems("cameras: {}\nlog: {level: info,\n  level: debug}\ncameras: {}\n") ==
        "3:3: this key is already given in line 2\n"
        "4:1: this key is already given in line 1");
}

TEST_CASE("anchors, aliases and merge keys work", "[config][structure]") {
  const auto c = valid(
      "cameras:\n"
      "  a: &base {url: 'rtsp://h/1', transport: udp, max_age: 1s}\n"
      "  b: {<<: *base, url: 'rtsp://h/2'}\n"
      "  c: {<<: [{max_age: 2s}, *base], transport: auto}\n");
  REQUIRE(c.cameras.size() == 3);
  CHECK(c.cameras[1].url.path() == "/2");
  CHECK(c.cameras[1].transport == transport_choice::udp);
  CHECK(c.cameras[2].url.path() == "/1");
  CHECK(c.cameras[2].transport == transport_choice::automatic);
  CHECK(c.cameras[2].max_age == std::chrono::seconds{2});
}

TEST_CASE("a problem behind an alias is reported once", "[config][structure]") {
  CHECK(problems("cameras:\n  a: &x {url: 'rtsp://h/', fsp: 1}\n  b: *x\n") ==
        "2:28: unknown key 'fsp' of a camera");
}

TEST_CASE("an alias to its own parent is a problem", "[config][structure]") {
  CHECK(problems("cameras: &x {a: *x}") ==
        "1:17: an alias (*) to something it is itself a part of");
}

TEST_CASE("merge keys cannot multiply without bound", "[config][structure]") {
  std::string yaml = "cameras: {}\na: &a {";
  for (int i = 0; i < 1000; ++i) yaml += "k" + std::to_string(i) + ": 1, ";
  yaml += "}\nb: {<<: [";
  for (int i = 0; i < 1000; ++i) yaml += "*a, ";
  yaml += "]}\n";
  CHECK(problems(yaml).find("too many merged keys in one file") != std::string::npos);
}

TEST_CASE("nesting is bounded before the parser recurses", "[config][structure]") {
  for (const std::string open : {"[", "{a: ", "- ", "? "}) {
    std::string yaml = open == "- " || open == "? " ? "" : "cameras: ";
    for (int i = 0; i < 100'000; ++i) yaml += open;
    const auto text = problems(yaml);
    CHECK(text.find("nested more than 16 levels deep") != std::string::npos);
  }
}

TEST_CASE("a file larger than the limit is a problem", "[config][structure]") {
  CHECK(problems("cameras: {}\n#" + std::string(1024 * 1024, ' ')) ==
        "the file is larger than 1 MiB");
}

TEST_CASE("a flood of problems is cut", "[config][structure]") {
  std::string yaml = "cameras: {}\n";
  for (int i = 0; i < 5000; ++i) yaml += "unknown" + std::to_string(i) + ": 1\n";
  const auto found = parse_config(yaml, variables({})).problems;
  REQUIRE(found.size() == 101);
  CHECK(found.back().text == "more problems are not shown");
}

TEST_CASE("syntax errors have a place and plain words", "[config][structure]") {
  CHECK(problems("cameras:\n  a: rtsp://h/\n   b: rtsp://h/\n") ==
        "3:5: not YAML: unexpected ':'; check the indentation here and in the line above, and "
        "quote a value that contains ': '");
  CHECK(problems("cameras:\n    a: rtsp://h/\n  b: rtsp://h/\n") ==
        "3:3: not YAML: the indentation fits no line above");
  CHECK(problems("cameras:\n\ta: rtsp://h/\n") ==
        "2:3: a tab in the indentation; YAML wants spaces");
  CHECK(problems("cameras: {a: [1, 2\n}").find("not YAML: ") != std::string::npos);
  CHECK(problems("cameras: {}\n---\ncameras: {}\n") ==
        "2:1: a second document begins here; only one is allowed");
  CHECK(problems("cameras: !map {}") ==
        "1:10: tags (!) are not supported; quote a value that begins with '!'");
  CHECK(problems("? [a]\n: b\ncameras: {}") == "1:3: a key is one word, not a list or a map");
}

TEST_CASE("one document may have its markers and directives", "[config][structure]") {
  CHECK(valid("%YAML 1.2\n---\ncameras: {}\n...\n").cameras.empty());
}

TEST_CASE("a quote that is never closed is a problem", "[config][structure]") {
  CHECK(problems("cameras:\n  a: 'rtsp://h/\n  b: rtsp://h/\n") ==
        "2:6: this quote is never closed");
  CHECK(problems("cameras:\n  a: \"rtsp://h/\\\"\n") == "2:6: this quote is never closed");
  CHECK(valid("cameras:\n  a: 'rtsp://h/it''s'\n  b: \"rtsp://h/\\\"\"\n").cameras.size() == 2);
}

TEST_CASE("a password that YAML takes for something else is not repeated",
          "[config][structure][secrets]") {
  for (const std::string password :
       {"*hunter2", "!hunter2", "@hunter2", "%hunter2", "`hunter2", "\"\\hunter2\"", "[hunter2",
        "{hunter2", "&hunter2", "\"hunter2", "'hunter2", "|hunter2", ">hunter2", "a: hunter2",
        "#hunter2"}) {
    const auto text =
        problems("cameras:\n  a:\n    url: rtsp://h/\n    password: " + password + "\n");
    INFO(password << " -> " << text);
    CHECK_FALSE(text.empty());
    CHECK(text.find("hunter2") == std::string::npos);
  }
}

TEST_CASE("a byte order mark and Windows line ends are read over", "[config][structure]") {
  const auto c = valid(
      "\xEF\xBB\xBF"
      "cameras:\r\n  a: rtsp://h/x\r\n");
  REQUIRE(c.cameras.size() == 1);
  CHECK(c.cameras[0].url.path() == "/x");
}

TEST_CASE("what is no UTF-8 text is a problem with its place", "[config][structure]") {
  CHECK(problems(std::string_view{"cameras:\n  a\0b: x", 16}) ==
        "2:4: a control character; is this a text file?");
  CHECK(problems("cameras: {}\n# \x04") == "2:3: a control character; is this a text file?");
  CHECK(problems("# caf\xE9\ncameras: {}") == "1:6: not UTF-8 from here on");
  CHECK(problems("\xFF\xFE"
                 "c") == "1:1: not UTF-8 from here on");
  for (const std::string bad :
       {"\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\x80"}) {
    CHECK(problems("#" + bad) == "1:2: not UTF-8 from here on");
  }
  CHECK(valid("# caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x90\x84\ncameras: {}").cameras.empty());
}

TEST_CASE("an escape that gives no UTF-8 is a problem", "[config][structure]") {
  CHECK(problems("cameras: {a: {url: \"rtsp://h/\\_x\"}}") ==
        "1:20: an escape that gives no UTF-8; write the character itself");
  CHECK(problems("cameras: {\"b\\N\": 'rtsp://h/'}") ==
        "1:11: an escape that gives no UTF-8; write the character itself");
  CHECK(valid("cameras: {a: {url: \"rtsp://h/\\u00e4\"}}").cameras.size() == 1);
}
