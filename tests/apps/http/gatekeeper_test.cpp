#include "apps/camherd/http/gatekeeper.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/manual_clock.hpp"

using namespace camherd;
using namespace camherd::http;
using namespace std::chrono_literals;

namespace {

const std::string token = "0123456789abcdef";

peer_address local_peer() {
  return {"127.0.0.1", 1234, "127.0.0.1", true};
}

struct gate_fixture {
  testing::manual_clock time;
  limits bounds;
  gatekeeper gate;

  explicit gate_fixture(std::string with_token = token,
                        transport_security security = transport_security::plain)
      : gate{{std::move(with_token), {"herd.local"}}, bounds, security, time} {}

  gatekeeper::verdict ask(std::vector<field> fields, method verb = method::get,
                          audience who = audience::token, peer_address peer = local_peer()) {
    request_head head;
    head.fields = std::move(fields);
    if (find_field(head.fields, "host") == nullptr) {
      head.fields.push_back({"host", "localhost:8470"});
    }
    return gate.judge(head, verb, {}, who, peer);
  }

  /// The status a request is refused with, 0 if it is let in.
  unsigned refused(std::vector<field> fields, method verb = method::get,
                   audience who = audience::token, peer_address peer = local_peer()) {
    const auto verdict = ask(std::move(fields), verb, who, std::move(peer));
    return verdict.refusal ? verdict.refusal->status : 0;
  }

  /// "name=value" of the cookie of a new session.
  std::string new_cookie() {
    const auto answer = gate.log_in();
    const auto* const cookie = find_field(answer.headers, "Set-Cookie");
    REQUIRE(cookie != nullptr);
    return cookie->substr(0, cookie->find(';'));
  }
};

field bearer(const std::string& text) {
  return {"authorization", "Bearer " + text};
}

const field own_origin{"origin", "http://localhost:8470"};
const field foreign_origin{"origin", "http://evil.example"};

}  // namespace

TEST_CASE("without a token everybody on this machine is let in", "[http][access]") {
  gate_fixture g{""};
  CHECK(g.refused({}) == 0);
  CHECK(g.refused({bearer("whatever")}) == 0);
  CHECK(g.gate.log_in().headers.empty());
}

TEST_CASE("only the token opens a route that asks for it", "[http][access]") {
  gate_fixture g;
  CHECK(g.refused({bearer(token)}) == 0);
  CHECK(g.ask({bearer(token)}).who == identity::token);
  CHECK(g.refused({{"authorization", "bEaReR " + token}}) == 0);
  for (const auto& wrong : {std::string{}, token.substr(1), token + "0", std::string{"*"}}) {
    INFO(wrong);
    CHECK(g.refused({bearer(wrong)}) == 401);
  }
  CHECK(g.refused({{"authorization", "Basic " + token}}) == 401);
  CHECK(g.refused({{"authorization", token}}) == 401);
  CHECK(g.refused({}) == 401);
  CHECK(g.refused({}, method::get, audience::everyone) == 0);
}

TEST_CASE("who is refused is told how to log in, and nothing else", "[http][access][secrets]") {
  gate_fixture g;
  const auto refusal = *g.ask({bearer("hunter2-hunter2-hunter2")}).refusal;
  const auto* const challenge = find_field(refusal.headers, "WWW-Authenticate");
  REQUIRE(challenge != nullptr);
  CHECK(challenge->starts_with("Bearer realm="));
  const auto text = write_response(refusal, {});
  CHECK((text.head + std::string{text.content.bytes()}).find("hunter2") == std::string::npos);
}

TEST_CASE("guessing is limited for each peer and recovers with time", "[http][access]") {
  gate_fixture g;
  const auto guess = [&](const peer_address& peer) {
    return g.refused({bearer("wrong")}, method::get, audience::token, peer);
  };
  for (int i = 0; i < 10; ++i) CHECK(guess(local_peer()) == 401);
  CHECK(guess(local_peer()) == 429);
  // The answer must not tell a guesser that this one would have been right.
  CHECK(g.refused({bearer(token)}) == 429);
  const auto verdict = g.ask({bearer(token)});
  CHECK(*find_field(verdict.refusal->headers, "Retry-After") == "6");
  CHECK(guess({"10.0.0.9", 1, "10.0.0.9", true}) == 401);
  CHECK(g.refused({}) == 401);
  g.time.advance(5s);
  CHECK(g.refused({bearer(token)}) == 0);
  CHECK(g.gate.failed_logins() == 11);
}

TEST_CASE("logging in rightly costs no tries", "[http][access]") {
  gate_fixture g;
  for (int i = 0; i < 100; ++i) REQUIRE(g.refused({bearer(token)}) == 0);
}

TEST_CASE("the peers whose tries are counted are bounded", "[http][access][hostile]") {
  gate_fixture g;
  g.bounds.remembered_peers = 2;
  g.bounds.failed_logins_at_once = 1;
  const auto guess = [&](const std::string& from) {
    g.time.advance(1ms);
    return g.refused({bearer("wrong")}, method::get, audience::token, {from, 1, from, true});
  };
  CHECK(guess("a") == 401);
  CHECK(guess("b") == 401);
  CHECK(guess("a") == 429);
  CHECK(guess("c") == 401);  // takes the place of b, which was quiet longest
  CHECK(guess("a") == 429);
  CHECK(guess("b") == 401);
}

TEST_CASE("a session stands for the token until it is ended", "[http][access]") {
  gate_fixture g;
  const auto cookie = g.new_cookie();
  const auto verdict = g.ask({{"cookie", "other=1; " + cookie + "; more=2"}});
  CHECK_FALSE(verdict.refusal);
  CHECK(verdict.who == identity::session);
  CHECK(cookie.find(verdict.session) == std::string::npos);
  CHECK(g.refused({{"cookie", cookie + "0"}}) == 401);
  CHECK(g.gate.log_out(verdict.session).status == 204);
  CHECK(g.refused({{"cookie", cookie}}) == 401);
}

TEST_CASE("a session ends by age, by a new token and by newer sessions", "[http][access]") {
  gate_fixture g;
  const auto old = g.new_cookie();
  g.time.advance(g.bounds.session_lifetime - 1s);
  CHECK(g.refused({{"cookie", old}}) == 0);
  g.time.advance(1s);
  CHECK(g.refused({{"cookie", old}}) == 401);

  g.bounds.sessions = 2;
  const auto first = g.new_cookie();
  const auto second = g.new_cookie();
  const auto third = g.new_cookie();
  CHECK(g.refused({{"cookie", first}}) == 401);
  CHECK(g.refused({{"cookie", second}}) == 0);
  CHECK(g.refused({{"cookie", third}}) == 0);

  g.gate.change({token, {}});
  CHECK(g.refused({{"cookie", third}}) == 0);
  g.gate.change({"another-token-of-us", {}});
  CHECK(g.refused({{"cookie", third}}) == 401);
}

TEST_CASE("the cookie is out of reach for scripts and other sites", "[http][access]") {
  gate_fixture plain;
  const auto cookie = plain.gate.log_in().headers.at(0).value;
  CHECK(cookie.find("; HttpOnly; SameSite=Strict") != std::string::npos);
  CHECK(cookie.find("Secure") == std::string::npos);
  gate_fixture tls{token, transport_security::tls};
  const auto secure = tls.gate.log_in().headers.at(0).value;
  CHECK(secure.starts_with("__Host-"));
  CHECK(secure.find("; HttpOnly; SameSite=Strict; Secure") != std::string::npos);
}

TEST_CASE("a page of another site changes nothing", "[http][access][hostile]") {
  gate_fixture open{""};
  CHECK(open.refused({foreign_origin}, method::post) == 403);
  CHECK(open.refused({{"origin", "null"}}, method::del) == 403);
  CHECK(open.refused({{"sec-fetch-site", "cross-site"}}, method::put) == 403);
  CHECK(open.refused({{"sec-fetch-site", "same-site"}}, method::put) == 403);
  CHECK(open.refused({own_origin, {"sec-fetch-site", "same-origin"}}, method::post) == 0);
  CHECK(open.refused({}, method::post) == 0);
  CHECK(open.refused({foreign_origin}, method::get) == 0);

  gate_fixture g;
  const field cookie{"cookie", g.new_cookie()};
  CHECK(g.refused({cookie, own_origin}, method::post) == 0);
  CHECK(g.refused({cookie, foreign_origin}, method::post) == 403);
  CHECK(g.refused({cookie}, method::post) == 403);
  CHECK(g.refused({bearer(token)}, method::post) == 0);
}

TEST_CASE("a rebound name reaches nothing, not even an open route", "[http][access][hostile]") {
  gate_fixture g{""};
  const field evil{"host", "evil.example:8470"};
  CHECK(g.refused({evil}) == 421);
  CHECK(g.refused({evil}, method::get, audience::everyone) == 421);
  CHECK(g.refused({evil, {"origin", "http://evil.example:8470"}}, method::post) == 421);
  CHECK(g.refused({{"host", "herd.local"}}) == 0);
  CHECK(g.refused({{"host", "a b"}}) == 400);
}

TEST_CASE("a request does not name two hosts", "[http][access][hostile]") {
  gate_fixture g{""};
  request_head head;
  head.fields = {{"host", "localhost"}};
  target asked;
  asked.authority = "evil.example";
  const auto verdict = g.gate.judge(head, method::get, asked, audience::everyone, local_peer());
  REQUIRE(verdict.refusal);
  CHECK(verdict.refusal->status == 400);
}
