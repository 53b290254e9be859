#include "tests/apps/http/connection_fixture.hpp"

using namespace camherd;
using namespace camherd::testing;

using occupation = census::occupation;

TEST_CASE("requests follow each other on one connection", "[http][connection]") {
  connection_fixture f;
  CHECK(f.status_of(get("/now")) == 200);
  CHECK(f.status_of("POST /now HTTP/1.1\r\nContent-Length: 5\r\n" + host + "hello") == 200);
  CHECK(f.seen.at(1).body == "hello");
  CHECK(f.status_of(get("/cameras/front%20door?x=1")) == 200);
  CHECK(f.seen.at(2).parameter("name") == "front door");
  CHECK(*f.seen.at(2).query_value("x") == "1");
  CHECK_FALSE(f.client.closed);
  CHECK(f.counts.requests == 3);
}

TEST_CASE("pipelined requests are answered in their order", "[http][connection]") {
  connection_fixture f;
  f.client.says("POST /now HTTP/1.1\r\nContent-Length: 1\r\n" + host + "1" + get("/later") +
                "POST /now HTTP/1.1\r\nContent-Length: 1\r\n" + host + "3");
  CHECK(f.seen.size() == 1);
  f.later.at(0).send(response::text("two"));
  f.client.run();
  const auto all = f.client.heard();
  CHECK(all.find("you said 1") < all.find("two"));
  CHECK(all.find("two") < all.find("you said 3"));
  CHECK(all.find("you said 3") != std::string::npos);
}

TEST_CASE("a handler may answer later, but only once", "[http][connection]") {
  connection_fixture f;
  CHECK(f.status_of(get("/later")) == 0);
  const auto& to = f.later.at(0);
  CHECK(to.wanted());
  to.send(response::text("first"));
  to.send(response::text("second"));
  CHECK_FALSE(to.wanted());
  f.client.run();
  const auto heard = f.client.heard();
  CHECK(heard.find("first") != std::string::npos);
  CHECK(heard.find("second") == std::string::npos);
}

TEST_CASE("an answer for a client that has gone goes nowhere", "[http][connection]") {
  connection_fixture f;
  f.client.says(get("/later"));
  f.served->close();
  CHECK_FALSE(f.later.at(0).wanted());
  f.later.at(0).send(response::text("x"));
  f.later.at(0).open_events().send({"", "", "x"});
  f.client.run();
  CHECK(f.client.heard().empty());
}

TEST_CASE("a handler that gives no answer or throws is an error of the server",
          "[http][connection][secrets]") {
  connection_fixture f;
  CHECK(f.status_of(get("/never")) == 500);
  f.client.says(get("/throws"));
  const auto answer = f.client.heard();
  CHECK(answer.starts_with("HTTP/1.1 500 "));
  CHECK(answer.find("hunter2") == std::string::npos);
  CHECK(f.status_of(get("/now")) == 200);
  CHECK(f.counts.server_errors == 2);
}

TEST_CASE("a handler has a time to answer", "[http][connection]") {
  connection_fixture f;
  f.client.says(get("/later"));
  CHECK(f.client.alarm == f.bounds.answer_timeout);
  f.client.waits();
  CHECK(f.client.heard().starts_with("HTTP/1.1 503 "));
  CHECK_FALSE(f.later.at(0).wanted());
  f.later.at(0).send(response::text("too late"));
  f.client.run();
  CHECK(f.client.heard().empty());
}

TEST_CASE("what nobody handles is answered by the server", "[http][connection]") {
  connection_fixture f;
  CHECK(f.status_of(get("/nothing")) == 404);
  CHECK(f.status_of("DELETE /now HTTP/1.1\r\n" + host) == 405);
  CHECK(f.status_of("BREW /now HTTP/1.1\r\n" + host) == 501);
  CHECK(f.status_of("TRACE /now HTTP/1.1\r\n" + host) == 501);
  CHECK(f.status_of("OPTIONS * HTTP/1.1\r\n" + host) == 204);
  CHECK(f.status_of(get("/now/%2e%2e/x")) == 400);
  f.client.says("OPTIONS /now HTTP/1.1\r\n" + host);
  const auto options = f.client.heard();
  CHECK(options.starts_with("HTTP/1.1 204 "));
  CHECK(options.find("\r\nAllow: GET, HEAD, POST, OPTIONS\r\n") != std::string::npos);
  CHECK_FALSE(f.client.closed);
}

TEST_CASE("HEAD gets the head that GET would get", "[http][connection]") {
  connection_fixture f;
  f.client.says("HEAD /now HTTP/1.1\r\n" + host);
  const auto head = f.client.heard();
  CHECK(head.find("\r\nContent-Length: 9\r\n") != std::string::npos);
  CHECK(head.ends_with("\r\n\r\n"));
  f.client.says("HEAD /nothing HTTP/1.1\r\n" + host);
  CHECK(f.client.heard().ends_with("\r\n\r\n"));
  CHECK(f.status_of(get("/now")) == 200);
}

TEST_CASE("a body that is not read ends the connection", "[http][connection][hostile]") {
  connection_fixture f;
  CHECK(f.status_of("POST /nothing HTTP/1.1\r\nContent-Length: 40\r\n" + host +
                    get("/smuggled")) == 404);
  CHECK(f.client.output_ended);
  CHECK(f.status_of(get("/now")) == 0);
  f.client.hangs_up();
  CHECK(f.client.closed);
  CHECK(f.seen.empty());
}

TEST_CASE("garbage is answered once and ends the connection", "[http][connection][hostile]") {
  connection_fixture f;
  CHECK(f.status_of("\x16\x03\x01 this is no HTTP\r\n\r\n" + get("/now")) == 400);
  CHECK(f.client.output_ended);
  CHECK(f.seen.empty());
}

TEST_CASE("a client that talks on after goodbye is cut off", "[http][connection][hostile]") {
  connection_fixture f;
  f.client.says("\n\nX");
  f.client.says(std::string(17, ' ') + "\r\n\r\n");
  CHECK(f.client.output_ended);
  for (int i = 0; i < 20 && !f.client.closed; ++i) f.client.says(std::string(100'000, 'x'));
  CHECK(f.client.closed);
}

TEST_CASE("a header that comes byte by byte has the same deadline as any",
          "[http][connection][hostile]") {
  connection_fixture f;
  CHECK(f.client.alarm == f.bounds.header_timeout);
  const auto set_before = f.client.alarms_set;
  for (const char c : get("/now").substr(0, 20)) f.client.says(std::string{c});
  CHECK(f.client.alarms_set == set_before);
  CHECK(f.doing.at(1) == occupation::unfinished);
  f.client.waits();
  CHECK(f.client.closed);
  CHECK(f.gone == 1U);
  CHECK(f.counts.timed_out == 1);
}

TEST_CASE("a body that comes byte by byte has one deadline", "[http][connection][hostile]") {
  connection_fixture f;
  f.client.says("POST /now HTTP/1.1\r\nContent-Length: 100\r\n" + host);
  CHECK(f.client.alarm == f.bounds.body_timeout);
  const auto set_before = f.client.alarms_set;
  for (int i = 0; i < 20; ++i) f.client.says("x");
  CHECK(f.client.alarms_set == set_before);
  CHECK(f.doing.at(1) == occupation::unfinished);
  f.client.waits();
  CHECK(f.client.closed);
}

TEST_CASE("between two requests a client may be silent for the idle time",
          "[http][connection]") {
  connection_fixture f;
  CHECK(f.status_of(get("/now")) == 200);
  CHECK(f.client.alarm == f.bounds.idle_timeout);
  CHECK(f.doing.at(1) == occupation::idle);
  f.client.says("G");
  CHECK(f.client.alarm == f.bounds.header_timeout);
  CHECK(f.doing.at(1) == occupation::unfinished);
  f.client.says(get("/now").substr(1));
  f.client.waits();
  CHECK(f.client.closed);
  CHECK(f.counts.timed_out == 0);
}

TEST_CASE("a client that does not read its answer is cut off", "[http][connection][hostile]") {
  connection_fixture f;
  f.client.takes = false;
  f.client.says(get("/now"));
  CHECK(f.client.alarm == f.bounds.write_timeout);
  CHECK(f.doing.at(1) == occupation::busy);
  f.client.waits();
  CHECK(f.client.closed);
  CHECK(f.counts.timed_out == 1);
}

TEST_CASE("a client that has said everything still gets its answer", "[http][connection]") {
  connection_fixture f;
  f.client.incoming = get("/later");
  f.client.hangs_up();
  f.later.at(0).send(response::text("here it is"));
  f.client.run();
  CHECK(f.client.heard().find("here it is") != std::string::npos);
  CHECK(f.client.closed);
}

TEST_CASE("a client that leaves in the middle of a request is forgotten",
          "[http][connection]") {
  for (const auto& text :
       {std::string{"GET /no"}, "POST /now HTTP/1.1\r\nContent-Length: 9\r\n" + host + "x"}) {
    connection_fixture f;
    f.client.says(text);
    f.client.hangs_up();
    CHECK(f.gone == 1U);
    CHECK(f.seen.empty());
  }
}

TEST_CASE("a failed handshake ends the connection", "[http][connection]") {
  scripted_client other;
  connection_fixture f;
  other.handshake_fails = true;
  const auto broken = std::make_shared<connection>(2, std::make_unique<scripted_channel>(other),
                                                   peer_address{}, *f.shared);
  broken->start();
  CHECK(other.alarm == f.bounds.header_timeout);
  other.run();
  CHECK(other.closed);
  CHECK(f.gone == 2U);
}

TEST_CASE("HTTP/1.0 gets one answer unless it asks for more", "[http][connection]") {
  connection_fixture f;
  f.client.says("GET /now HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(f.client.heard().find("\r\nConnection: keep-alive\r\n") != std::string::npos);
  f.client.says("GET /now HTTP/1.0\r\n\r\n");
  CHECK(f.client.heard().find("\r\nConnection: close\r\n") != std::string::npos);
  CHECK(f.client.output_ended);
}

TEST_CASE("a client that asks first is told to go on, or why not", "[http][connection]") {
  connection_fixture f{"0123456789abcdef"};
  const std::string start =
      "POST /now HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n";
  f.client.says(start + "Authorization: Bearer 0123456789abcdef\r\n" + host);
  CHECK(f.client.heard() == "HTTP/1.1 100 Continue\r\n\r\n");
  CHECK(f.status_of("hi") == 200);
  CHECK(f.status_of(start + host) == 401);
  CHECK(f.client.output_ended);
}

TEST_CASE("handlers never see a credential", "[http][connection][secrets]") {
  connection_fixture f{"0123456789abcdef"};
  CHECK(f.status_of("GET /now HTTP/1.1\r\nAuthorization: Bearer 0123456789abcdef\r\n"
                    "Cookie: a=b\r\nX-Other: 1\r\n" +
                    host) == 200);
  const auto& asked = f.seen.at(0);
  CHECK(asked.who == identity::token);
  CHECK(asked.header("authorization") == nullptr);
  CHECK(asked.header("cookie") == nullptr);
  CHECK(*asked.header("x-other") == "1");
}

TEST_CASE("finishing lets the answer under way out and nothing else", "[http][connection]") {
  connection_fixture idle;
  CHECK(idle.status_of(get("/now")) == 200);
  idle.served->finish();
  CHECK(idle.client.closed);

  connection_fixture busy;
  busy.client.says(get("/later") + get("/now"));
  busy.served->finish();
  CHECK_FALSE(busy.client.closed);
  busy.later.at(0).send(response::text("the last"));
  busy.client.run();
  CHECK(busy.client.heard().find("the last") != std::string::npos);
  CHECK(busy.client.output_ended);
  CHECK(busy.seen.empty());
}
