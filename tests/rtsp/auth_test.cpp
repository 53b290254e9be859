#include "core/rtsp/auth.hpp"

#include "core/rtsp/base64.hpp"
#include "tests/rtsp/stream_parser_fixture.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/fixtures.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

namespace camherd::rtsp {
namespace {

using namespace std::string_literals;

response unauthorized(const std::vector<std::string>& challenges) {
  response answer;
  answer.status = 401;
  answer.reason = "Unauthorized";
  for (const auto& text : challenges) answer.headers.add("WWW-Authenticate", text);
  return answer;
}

std::vector<challenge> challenges_in(const std::vector<std::string>& texts) {
  return parse_challenges(unauthorized(texts).headers);
}

authenticator mufasa(std::string password = "hunter2") {
  return {"Mufasa", std::move(password), [] { return "0a4f113b"s; }};
}

// Value of a parameter in an Authorization header, with its quotes if it has them.
std::string parameter(const std::optional<std::string>& header, const std::string& name) {
  REQUIRE(header);
  const auto key = " " + name + "=";
  const auto at = header->find(key);
  if (at == std::string::npos) return "absent";
  const auto begin = at + key.size();
  return header->substr(begin, header->find(", ", begin) - begin);
}

std::string refusal_of(authenticator& login, const response& answer) {
  const auto outcome = login.challenged(answer);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind() == error_kind::authentication);
  CHECK(outcome.error().message().find("Mufasa") == std::string::npos);
  CHECK(outcome.error().message().find("hunter2") == std::string::npos);
  return outcome.error().message();
}

const std::string digest_a = "Digest realm=\"r\", nonce=\"a\"";
const std::string digest_b = "Digest realm=\"r\", nonce=\"b\"";
const std::string stale_b = "Digest realm=\"r\", nonce=\"b\", stale=TRUE";
const std::string sha256_a = "Digest realm=\"r\", nonce=\"s\", algorithm=SHA-256";
const std::string basic = "Basic realm=\"r\"";

}  // namespace

TEST_CASE("Base64 is the one of RFC 4648", "[rtsp][auth]") {
  const std::array<std::pair<std::string_view, std::string_view>, 7> vectors{
      {{"", ""},
       {"f", "Zg=="},
       {"fo", "Zm8="},
       {"foo", "Zm9v"},
       {"foob", "Zm9vYg=="},
       {"fooba", "Zm9vYmE="},
       {"foobar", "Zm9vYmFy"}}};
  for (const auto& [bytes, text] : vectors) {
    CHECK(encode_base64(bytes) == text);
    const auto decoded = decode_base64(text);
    REQUIRE(decoded);
    CHECK(std::string(decoded->begin(), decoded->end()) == bytes);
  }
  CHECK(encode_base64("\xff\xfe\xfd") == "//79");
}

TEST_CASE("Base64 of cameras is read", "[rtsp][auth]") {
  CHECK(decode_base64("Z m\t9v\r\n") == decode_base64("Zm9v"));
  CHECK(decode_base64("Zg") == decode_base64("Zg=="));
  CHECK_FALSE(decode_base64("Zm9vY"));
  CHECK_FALSE(decode_base64("Zm-v"));
  CHECK_FALSE(decode_base64("Zg==Zg=="));
}

TEST_CASE("the digest example of RFC 2617 comes out", "[rtsp][auth]") {
  auto login = mufasa("Circle Of Life");
  CHECK_FALSE(login.authorization("GET", "/dir/index.html"));
  REQUIRE(login.challenged(
      unauthorized({"Digest realm=\"testrealm@host.com\", qop=\"auth,auth-int\","
                    " nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\","
                    " opaque=\"5ccc069c403ebaf9f0171e9517f40e41\""})));
  CHECK(login.authorization("GET", "/dir/index.html") ==
        "Digest username=\"Mufasa\", realm=\"testrealm@host.com\","
        " nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"/dir/index.html\","
        " response=\"6629fae49393a05397450978507c4ef1\","
        " opaque=\"5ccc069c403ebaf9f0171e9517f40e41\","
        " qop=auth, nc=00000001, cnonce=\"0a4f113b\"");
}

TEST_CASE("the digest example of RFC 2069 comes out", "[rtsp][auth]") {
  auto login = mufasa("CircleOfLife");
  REQUIRE(
      login.challenged(unauthorized({"Digest realm=\"testrealm@host.com\","
                                     " nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\""})));
  const auto header = login.authorization("GET", "/dir/index.html");
  // As corrected by erratum 749.
  CHECK(parameter(header, "response") == "\"1949323746fe6a43ef61f9606e7febea\"");
  CHECK(parameter(header, "qop") == "absent");
  CHECK(parameter(header, "nc") == "absent");
  CHECK(parameter(header, "algorithm") == "absent");
}

TEST_CASE("both digest examples of RFC 7616 come out, SHA-256 first", "[rtsp][auth]") {
  const std::string rest =
      " realm=\"http-auth@example.org\", qop=\"auth, auth-int\","
      " nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\","
      " opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\", algorithm=";
  const auto md5 = "Digest" + rest + "MD5";
  const auto sha256 = "Digest" + rest + "SHA-256";
  authenticator login{"Mufasa", "Circle of Life",
                      [] { return "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"s; }};
  REQUIRE(login.challenged(unauthorized({md5, sha256})));
  CHECK(login.scheme() == auth_scheme::digest_sha256);
  auto header = login.authorization("GET", "/dir/index.html");
  CHECK(parameter(header, "response") ==
        "\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\"");
  CHECK(parameter(header, "algorithm") == "SHA-256");
  REQUIRE(login.challenged(unauthorized({md5})));
  header = login.authorization("GET", "/dir/index.html");
  CHECK(parameter(header, "response") == "\"8ca523f5e9506fed4657c9700eebdbec\"");
  CHECK(parameter(header, "algorithm") == "MD5");
}

TEST_CASE("Basic is user and password in Base64", "[rtsp][auth]") {
  authenticator login{"Aladdin", "open sesame", random_hex};
  REQUIRE(login.challenged(unauthorized({"Basic realm=\"WallyWorld\""})));
  CHECK(login.scheme() == auth_scheme::basic);
  CHECK(login.authorization("OPTIONS", "*") == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
}

TEST_CASE("the nonce count goes up with each request and starts anew with a nonce",
          "[rtsp][auth]") {
  auto login = mufasa();
  REQUIRE(login.challenged(unauthorized({digest_a + ", qop=\"auth\""})));
  CHECK(parameter(login.authorization("A", "u"), "nc") == "00000001");
  CHECK(parameter(login.authorization("A", "u"), "nc") == "00000002");
  for (int i = 3; i <= 16; ++i) REQUIRE(login.authorization("A", "u"));
  CHECK(parameter(login.authorization("A", "u"), "nc") == "00000011");
  REQUIRE(login.challenged(unauthorized({stale_b + ", qop=auth"})));
  const auto header = login.authorization("A", "u");
  CHECK(parameter(header, "nc") == "00000001");
  CHECK(parameter(header, "nonce") == "\"b\"");
}

TEST_CASE("challenges are read from several headers and from one", "[rtsp][auth]") {
  const auto several = challenges_in({basic, digest_a, sha256_a});
  REQUIRE(several.size() == 3);
  CHECK(several[0].scheme == auth_scheme::digest_sha256);
  CHECK(several[1].scheme == auth_scheme::digest_md5);
  CHECK(several[2].scheme == auth_scheme::basic);
  const auto one = challenges_in(
      {"Negotiate abc==, Basic realm=\"x, Digest y=\", digest REALM = \"d\" ,nonce=n1,"
       "stale=\"true\", algorithm=\"md5\",opaque=\"\", Bearer"});
  REQUIRE(one.size() == 2);
  CHECK(one[0].realm == "d");
  CHECK(one[0].nonce == "n1");
  CHECK(one[0].stale);
  CHECK(one[0].algorithm == "md5");
  CHECK(one[0].opaque == "");
  CHECK(one[1].realm == "x, Digest y=");
}

TEST_CASE("challenges of cameras are read", "[rtsp][auth]") {
  const auto spaced = challenges_in({"Digest realm=\"a\" nonce=\"b\"; qop=\"auth\""});
  REQUIRE(spaced.size() == 1);
  CHECK(spaced[0].nonce == "b");
  CHECK(spaced[0].qop_auth);
  const auto open = challenges_in({"Digest nonce=\"b\", realm=\"never closed"});
  REQUIRE(open.size() == 1);
  CHECK(open[0].realm == "never closed");
  const auto escaped = challenges_in({R"(Digest realm="a\"b\\c", nonce="\n", qop="")"});
  REQUIRE(escaped.size() == 1);
  CHECK(escaped[0].realm == R"(a"b\c)");
  CHECK(escaped[0].nonce == "n");
  CHECK_FALSE(escaped[0].qop_auth);
}

TEST_CASE("challenges we cannot answer are left out", "[rtsp][auth]") {
  for (const auto* text :
       {"", ",", "Bearer realm=\"x\"", "Digest realm=\"x\"", "realm=\"x\", nonce=\"y\"", "=",
        "Digest realm=\"x\", nonce=\"y\", algorithm=MD5-sess",
        "Digest realm=\"x\", nonce=\"y\", algorithm=SHA-512-256",
        "Digest realm=\"x\", nonce=\"y\", qop=\"auth-int\"", "\"Digest\""}) {
    INFO(text);
    CHECK(challenges_in({text}).empty());
  }
}

TEST_CASE("special characters are escaped in quoted strings", "[rtsp][auth]") {
  authenticator login{R"(us"er\%41@:)", "p", random_hex};
  REQUIRE(login.challenged(unauthorized({R"(Digest realm="a\"b\\c", nonce="n\"")"})));
  const auto header = login.authorization("A", "rtsp://h/x?a=\"b\"");
  CHECK(parameter(header, "username") == R"("us\"er\\%41@:")");
  CHECK(parameter(header, "realm") == R"("a\"b\\c")");
  CHECK(parameter(header, "nonce") == R"("n\"")");
  CHECK(parameter(header, "uri") == R"("rtsp://h/x?a=\"b\"")");
}

TEST_CASE("without credentials the error says that there are none", "[rtsp][auth]") {
  authenticator login{"", "", random_hex};
  CHECK(refusal_of(login, unauthorized({digest_a})) ==
        "the server asks for a user and a password (digest-md5), and none are configured");
}

TEST_CASE("a password without a user is a credential", "[rtsp][auth]") {
  authenticator login{"", "p", random_hex};
  CHECK(login.challenged(unauthorized({basic})));
}

TEST_CASE("without a known scheme the error names what is offered", "[rtsp][auth]") {
  auto login = mufasa();
  CHECK(refusal_of(login, unauthorized(
                              {"Bearer x=y", "Digest realm=r, nonce=n, algorithm=SHA-512-256"}))
            .ends_with("it offers: Bearer, Digest SHA-512-256"));
  CHECK(refusal_of(login, unauthorized({})).ends_with("it offers: none"));
  CHECK(refusal_of(login, unauthorized({std::string(1000, 'x')})).size() < 120);
}

TEST_CASE("refused credentials are not tried again", "[rtsp][auth]") {
  const auto challenge = GENERATE(digest_a, digest_b, basic);
  auto login = mufasa();
  REQUIRE(login.challenged(unauthorized({challenge == basic ? basic : digest_a})));
  REQUIRE(login.authorization("DESCRIBE", "u"));
  CHECK(refusal_of(login, unauthorized({challenge}))
            .starts_with("the server refused the user or the password"));
}

TEST_CASE("a password never goes out in clear text while Digest is offered", "[rtsp][auth]") {
  auto login = mufasa();
  REQUIRE(login.challenged(unauthorized({basic, digest_a})));
  CHECK(login.scheme() == auth_scheme::digest_md5);
  REQUIRE(login.authorization("DESCRIBE", "u"));
  refusal_of(login, unauthorized({basic, digest_b}));
}

TEST_CASE("Basic is tried when Digest is offered no longer", "[rtsp][auth]") {
  auto login = mufasa();
  REQUIRE(login.challenged(unauthorized({digest_a})));
  REQUIRE(login.authorization("DESCRIBE", "u"));
  REQUIRE(login.challenged(unauthorized({basic})));
  CHECK(login.scheme() == auth_scheme::basic);
  REQUIRE(login.authorization("DESCRIBE", "u"));
  refusal_of(login, unauthorized({basic}));
}

TEST_CASE("MD5 is tried once after SHA-256 was refused", "[rtsp][auth]") {
  auto login = mufasa();
  const auto answer = unauthorized({basic, digest_a, sha256_a});
  REQUIRE(login.challenged(answer));
  CHECK(login.scheme() == auth_scheme::digest_sha256);
  REQUIRE(login.authorization("DESCRIBE", "u"));
  REQUIRE(login.challenged(answer));
  CHECK(login.scheme() == auth_scheme::digest_md5);
  REQUIRE(login.authorization("DESCRIBE", "u"));
  refusal_of(login, answer);
}

TEST_CASE("a stale nonce is exchanged, but not for ever", "[rtsp][auth]") {
  auto login = mufasa();
  REQUIRE(login.challenged(unauthorized({digest_a})));
  for (int i = 0; i < 3; ++i) {
    REQUIRE(login.authorization("DESCRIBE", "u"));
    REQUIRE(login.challenged(unauthorized({stale_b})));
  }
  REQUIRE(login.authorization("DESCRIBE", "u"));
  CHECK(refusal_of(login, unauthorized({stale_b})).find("stale") != std::string::npos);
}

TEST_CASE("an accepted request ends a row of stale nonces", "[rtsp][auth]") {
  auto login = mufasa();
  REQUIRE(login.challenged(unauthorized({digest_a})));
  for (int i = 0; i < 10; ++i) {
    REQUIRE(login.authorization("GET_PARAMETER", "u"));
    REQUIRE(login.challenged(unauthorized({stale_b})));
    REQUIRE(login.authorization("GET_PARAMETER", "u"));
    login.accepted();
  }
}

TEST_CASE("credentials that were good are tried once more with a new nonce", "[rtsp][auth]") {
  auto login = mufasa();
  login.accepted();  // a request without credentials proves nothing
  REQUIRE(login.challenged(unauthorized({digest_a})));
  REQUIRE(login.authorization("DESCRIBE", "u"));
  login.accepted();
  REQUIRE(login.authorization("SETUP", "u"));
  REQUIRE(login.challenged(unauthorized({digest_b})));
  CHECK(parameter(login.authorization("SETUP", "u"), "nonce") == "\"b\"");
  refusal_of(login, unauthorized({digest_a}));
}

TEST_CASE("credentials that were good are refused for the same nonce", "[rtsp][auth]") {
  auto login = mufasa();
  REQUIRE(login.challenged(unauthorized({digest_a})));
  REQUIRE(login.authorization("OPTIONS", "u"));
  login.accepted();
  REQUIRE(login.authorization("DESCRIBE", "u"));
  refusal_of(login, unauthorized({digest_a}));
}

TEST_CASE("a cnonce is 32 hexadecimal digits that change", "[rtsp][auth]") {
  const auto first = random_hex();
  CHECK(first.size() == 32);
  CHECK(first.find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(first != random_hex());
}

TEST_CASE("schemes have names", "[rtsp][auth]") {
  CHECK(to_string(auth_scheme::basic) == "basic");
  CHECK(to_string(auth_scheme::digest_md5) == "digest-md5");
  CHECK(to_string(auth_scheme::digest_sha256) == "digest-sha256");
}

TEST_CASE("the challenge of a real camera is answered", "[rtsp][auth][fixtures]") {
  const auto text = testing::read_fixture("camera-responses/longse_unauthorized.txt");
  if (!text) return;
  const auto answer = response_of(*text);
  CHECK(answer.status == 401);
  auto login = mufasa();
  REQUIRE(login.challenged(answer));
  const auto header = login.authorization("DESCRIBE", "rtsp://h/x");
  CHECK(parameter(header, "realm") == "\"Surveillance Server\"");
  CHECK(parameter(header, "nonce") == "\"98481030\"");
}

}  // namespace camherd::rtsp
