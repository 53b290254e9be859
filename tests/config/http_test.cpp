#include "tests/config/parsing.hpp"

using namespace camherd;
using namespace camherd::testing;

namespace {

const std::string token = "0123456789abcdef-SECRET";

std::string problems_of(const std::string& http) {
  return problems("http: {" + http + "}\ncameras:");
}

}  // namespace

TEST_CASE("without a section the HTTP server listens on loopback only", "[config][http]") {
  const auto c = valid("cameras:").http;
  REQUIRE(c.listen.size() == 1);
  CHECK(is_loopback(c.listen[0]));
  CHECK(c.token.empty());
}

TEST_CASE("the HTTP server can listen on several addresses or not at all", "[config][http]") {
  CHECK(valid("http: {listen: off}\ncameras:").http.listen.empty());
  const auto c = valid("http: {listen: '127.0.0.1:80, [::1]:0'}\ncameras:").http;
  CHECK(c.listen == std::vector<listen_address>{{"127.0.0.1", 80}, {"::1", 0}});
}

TEST_CASE("an address that cannot be listened on is a problem", "[config][http]") {
  for (const std::string text :
       {"127.0.0.1", "localhost:80", ":80", "::1:80", "127.0.0.1:65536",
        "127.0.0.1:80 [::1]:80", "127.0.0.1:80,,[::1]:80", "[]:80", "[127.0.0.1]:80",
        "127.0.0.1:", "127.0.0.1:-1", ""}) {
    INFO(text);
    CHECK(problems_of("listen: '" + text + "'").find("must be addresses with ports") !=
          std::string::npos);
  }
}

TEST_CASE("listening beyond loopback without a token is a problem", "[config][http]") {
  for (const std::string text : {"0.0.0.0:80", "[::]:80", "127.0.0.1:80, 192.168.1.2:80"}) {
    INFO(text);
    CHECK(problems_of("listen: '" + text + "'").find("which needs a token") !=
          std::string::npos);
    CHECK(problems_of("listen: '" + text + "', token: " + token) == "");
  }
  CHECK(problems_of("listen: '127.1.2.3:80, [::1]:80'") == "");
}

TEST_CASE("a token comes from the environment or the file and is never shown",
          "[config][http][secrets]") {
  const auto env = variables({{"TOKEN", token}, {"SHORT", "hunter2"}});
  const auto c = valid("http: {token: '${TOKEN}'}\ncameras:", env);
  CHECK(c.http.token == token);
  CHECK(to_yaml(c).find("SECRET") == std::string::npos);
  CHECK(problems_of("token: hunter2") ==
        "1:15: token must be 16 to 512 characters without blanks; `openssl rand -hex 32` makes "
        "one, or none");
  CHECK(problems("http: {token: '${SHORT}'}\ncameras:", env).find("hunter2") ==
        std::string::npos);
  CHECK(problems_of("token: 'with blanks in the middle'").find("blanks in") ==
        std::string::npos);
}

TEST_CASE("a certificate without its key is a problem", "[config][http]") {
  CHECK(problems_of("certificate: /etc/c.pem") ==
        "1:7: certificate and key are only of use together");
  CHECK(problems_of("certificate: /etc/c.pem, key: /etc/k.pem") == "");
  CHECK(problems_of("certificate: c.pem, key: /etc/k.pem")
            .find("must be an absolute path, or none") != std::string::npos);
}

TEST_CASE("allowed hosts are names without ports or schemes", "[config][http]") {
  const auto c = valid("http: {allowed_hosts: 'cams.example.org, Herd'}\ncameras:").http;
  CHECK(c.allowed_hosts == std::vector<std::string>{"cams.example.org", "Herd"});
  CHECK(problems_of("allowed_hosts: 'http://x/'").find("must be host names") !=
        std::string::npos);
}

TEST_CASE("a printed HTTP section parses to the same but for the token", "[config][http]") {
  auto c = valid("http: {listen: '[::1]:1, 127.0.0.1:2', token: " + token +
                 ", certificate: /c, key: /k, allowed_hosts: 'a, b', max_connections: 16, "
                 "max_connections_per_address: 3}\ncameras:");
  const auto again = valid(to_yaml(c));
  c.http.token = again.http.token;
  CHECK(again == c);
}

TEST_CASE("a change of the HTTP section is told apart from all others", "[config][http]") {
  const auto d = diff(valid("cameras:"), valid("http: {token: " + token + "}\ncameras:"));
  CHECK(d.http_changed);
  CHECK_FALSE(d.node_changed);
}
