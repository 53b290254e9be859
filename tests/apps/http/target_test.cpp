#include "apps/camherd/http/target.hpp"

#include "tests/support/catch.hpp"

using namespace camherd::http;

namespace {

target valid(std::string_view text) {
  auto parsed = parse_target(text);
  INFO(text);
  REQUIRE(parsed);
  return std::move(*parsed);
}

using segments = std::vector<std::string>;

}  // namespace

TEST_CASE("a path is split before it is decoded", "[http][target]") {
  CHECK(valid("/").segments == segments{""});
  CHECK(valid("/api/v1/cameras").segments == segments{"api", "v1", "cameras"});
  CHECK(valid("/a/b/").segments == segments{"a", "b", ""});
  CHECK(valid("/a//b").segments == segments{"a", "", "b"});
  CHECK(valid("/t%C3%BCr/a%20b+c").segments == segments{"t\xC3\xBCr", "a b+c"});
  CHECK(valid("/100%25").segments == segments{"100%"});
}

TEST_CASE("decoding happens once", "[http][target]") {
  CHECK(valid("/%252e%252e").segments == segments{"%2e%2e"});
  CHECK(valid("/x?a=%2525").query == std::vector<field>{{"a", "%25"}});
}

TEST_CASE("a path that could climb out of its folder is refused", "[http][target][hostile]") {
  for (const auto* text :
       {"/..", "/a/../b", "/a/..", "/.", "/./a", "/%2e%2e/etc", "/%2E%2e", "/.%2e", "/a/%2e",
        "/a%2fb", "/a%2Fb", "/..%2f..%2fetc", "/a\\b", "/a%5cb", "/%2e%2e%5c"}) {
    INFO(text);
    CHECK_FALSE(parse_target(text));
  }
}

TEST_CASE("broken escapes and characters that are no text are refused",
          "[http][target][hostile]") {
  for (const auto* text :
       {"/%",      "/%4",     "/%zz",       "/a%00b",      "/a%0d%0ab", "/%7f",
        "/%ff",    "/%c0%af", "/%ed%a0%80", "/?a=%",       "/?a=%00",   "/?%0a=1",
        "/?a=%ff", "",        "x",          "//\x01",      "/\xC3\xBC", "/a b",
        "/a#b",    "http://", "http:///x",  "ftp://host/", "host:443",  "**"}) {
    INFO(text);
    CHECK_FALSE(parse_target(text));
  }
}

TEST_CASE("a query keeps its order, its doubles and its empty values", "[http][target]") {
  const auto query = valid("/x?b=1&a=2&&b=%26+%2B&flag&=v&e=a=b").query;
  CHECK(query ==
        std::vector<field>{
            {"b", "1"}, {"a", "2"}, {"b", "& +"}, {"flag", ""}, {"", "v"}, {"e", "a=b"}});
  CHECK(valid("/x?").query.empty());
}

TEST_CASE("a query has a bounded number of values", "[http][target][hostile]") {
  std::string text = "/?";
  for (int i = 0; i < 64; ++i) text += "a&";
  CHECK(valid(text).query.size() == 64);
  CHECK_FALSE(parse_target(text + "a"));
}

TEST_CASE("the absolute form brings its own host", "[http][target]") {
  const auto parsed = valid("http://127.0.0.1:8470/a?b");
  CHECK(parsed.authority == "127.0.0.1:8470");
  CHECK(parsed.path == "/a");
  CHECK(valid("HTTPS://h?x=1").segments == segments{""});
  CHECK(valid("/a?u=http://h/").authority.empty());
}

TEST_CASE("no message about a target repeats it", "[http][target][secrets]") {
  for (const auto* text :
       {"/hunter2%", "/x?token=hunter2%", "hunter2", "/hunter2/..", "/x?a=hunter2%00"}) {
    const auto parsed = parse_target(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().message().find("hunter2") == std::string::npos);
  }
}
