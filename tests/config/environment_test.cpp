#include "config/environment.hpp"

#include "tests/config/parsing.hpp"

#include <cstdlib>

using namespace camherd;
using namespace camherd::testing;

namespace {

std::string url_of(std::string_view url, const environment& env) {
  const auto c = valid("cameras: {a: '" + std::string{url} + "'}", env);
  return c.cameras.at(0).url.with_credentials();
}

}  // namespace

TEST_CASE("variables are replaced in values", "[config][environment]") {
  const auto env = variables({{"HOST", "10.0.0.5"}, {"LIMIT", "5"}});
  const auto c = valid(
      "cameras: {a: {url: 'rtsp://${HOST}/x', frames_per_second_limit: \"${LIMIT}\"}}", env);
  CHECK(c.cameras[0].url.host() == "10.0.0.5");
  CHECK(c.cameras[0].frames_per_second_limit == 5);
}

TEST_CASE("a default stands in for a variable that is unset or empty",
          "[config][environment]") {
  const auto env = variables({{"EMPTY", ""}, {"SET", "set"}});
  CHECK(expand("${UNSET:-x} ${EMPTY:-y} ${SET:-z} ${UNSET:-}|${EMPTY}|", env).text ==
        "x y set ||");
}

TEST_CASE("a dollar sign stands for itself unless it begins a variable",
          "[config][environment]") {
  const auto expanded = expand("$ $$ $X pa$$word $${X} $$${X}", variables({{"X", "no"}}));
  CHECK(expanded.text == "$ $$ $X pa$$word ${X} $${X}");
  CHECK_FALSE(expanded.from_environment);
}

TEST_CASE("escaped text expands to itself", "[config][environment]") {
  for (const std::string text : {"${A}", "$${A}", "$$${A:-x}", "a${", "$", "$$"}) {
    CHECK(expand(escape_variables(text), variables({})).text == text);
  }
}

TEST_CASE("a value is not searched for variables", "[config][environment]") {
  CHECK(expand("${A}", variables({{"A", "${B}"}, {"B", "no"}})).text == "${B}");
}

TEST_CASE("an unset variable is a problem with its name and place", "[config][environment]") {
  CHECK(problems("cameras:\n  a: rtsp://${ONE}:${TWO}@h/\n") ==
        "2:13: environment variable ONE is not set and has no default (${NAME:-default})\n"
        "2:20: environment variable TWO is not set and has no default (${NAME:-default})");
}

TEST_CASE("a malformed variable is a problem", "[config][environment]") {
  CHECK(problems("cameras:\n  a: rtsp://h/${X\n") ==
        "2:15: ${ without }; write $${ for a literal ${");
  CHECK(problems("cameras:\n  a: rtsp://h/${1X}\n") ==
        "2:15: ${...} does not hold the name of a variable; write $${ for a literal ${");
  CHECK(problems("cameras:\n  a: rtsp://h/${X:-${Y}}\n") ==
        "2:15: environment variable X: a default cannot contain another variable");
}

TEST_CASE("a value cannot change the structure of the file", "[config][environment]") {
  const auto env = variables({{"V", "udp\n    url: rtsp://evil/"}});
  CHECK(problems("cameras:\n  a:\n    url: rtsp://h/\n    transport: ${V}\n", env) ==
        "4:16: transport must be tcp, udp or auto");
}

TEST_CASE("a password from a variable cannot be taken for the host", "[config][environment]") {
  const auto env = variables({{"PASSWORD", "a@evil.example/?#b"}});
  const auto c = valid("cameras: {a: 'rtsp://u:${PASSWORD}@10.0.0.5/x@y'}", env);
  CHECK(c.cameras[0].url.host() == "10.0.0.5");
  CHECK(c.cameras[0].url.password() == "a@evil.example/?#b");
  CHECK(c.cameras[0].url.path() == "/x@y");
}

TEST_CASE("variables outside the user information of a URL are put in as they are",
          "[config][environment]") {
  const auto env = variables({{"HOST", "h:8554"},
                              {"PATH_", "a/b?c@d"},
                              {"URL", "rtsp://u:p@h/x"},
                              {"ENCODED", "p%40q"}});
  CHECK(url_of("rtsp://${HOST}/${PATH_}", env) == "rtsp://h:8554/a/b?c@d");
  CHECK(url_of("${URL}", env) == "rtsp://u:p@h/x");
  CHECK(url_of("rtsp://u:${ENCODED}@h/", env) == "rtsp://u:p%40q@h/");
}

TEST_CASE("a value from the environment never appears in a problem",
          "[config][environment][secrets]") {
  const auto env = variables({{"S", "hunter2"}, {"N", "4711"}, {"BIN", "\xFFhunter2"}});
  const auto text = problems(
      "frame_queue_size: ${N}\n"
      "node: {io_threads: \"${S}\"}\n"
      "defaults: {max_age: \"${N}\", transport: \"x${S}\", idle_buffer_size: \"${N}\"}\n"
      "cameras:\n"
      "  a: ${S}\n"
      "  b: rtsp://u:${S}@h:${S}/\n"
      "  c: ${BIN}\n"
      "  - ${S}\n",
      env);
  CHECK(text.find("hunter2") == std::string::npos);
  CHECK(text.find("4711") == std::string::npos);
  const auto more = problems(
      "frame_queue_size: ${N}\n"
      "node: {io_threads: \"${S}\"}\n"
      "defaults: {max_age: \"${N}\", transport: \"x${S}\", idle_buffer_size: \"${N}\"}\n"
      "cameras: {a: \"${S}\", b: \"rtsp://u:${S}@h:${S}/\", c: \"${BIN}\"}\n",
      env);
  CHECK(std::count(more.begin(), more.end(), '\n') == 7);
  CHECK(more.find("hunter2") == std::string::npos);
  CHECK(more.find("4711") == std::string::npos);
}

TEST_CASE("the environment of the process is read as it is", "[config][environment]") {
  REQUIRE(::setenv("CAMHERD_CONFIG_TEST", "value", 1) == 0);
  CHECK(process_environment()("CAMHERD_CONFIG_TEST") == "value");
  REQUIRE(::unsetenv("CAMHERD_CONFIG_TEST") == 0);
  CHECK(process_environment()("CAMHERD_CONFIG_TEST") == std::nullopt);
}
