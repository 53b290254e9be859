#include "apps/camherd/http/pacer.hpp"

#include "tests/apps/http/connection_fixture.hpp"
#include "tests/support/catch.hpp"

#include <vector>

using namespace camherd;
using namespace camherd::testing;
using namespace std::chrono_literals;

using occupation = census::occupation;

namespace {

// Four at once, then two a second.
const pacer::settings four_then_two{
    .per_second = 2, .burst = 2s, .longest_wait = 1s, .peers = 2};

// How many turns `peer` has at once.
int turns_at_once(pacer& turns, const std::string& peer, mono_time now) {
  int count = 0;
  while (turns.next(peer, now).wait == 0ns) ++count;
  return count;
}

// As many requests of the fixture's client at once as it may make in a second; the burst.
void spend(connection_fixture& f) {
  for (int i = 0; i < 2; ++i) REQUIRE(f.status_of(get("/now")) == 200);
}

limits two_a_second() {
  limits bounds;
  bounds.requests_per_second = 2;
  bounds.request_burst = 1s;
  bounds.longest_pause = 1s;
  return bounds;
}

}  // namespace

TEST_CASE("a peer has its burst at once and its rate from then on", "[http][pacer]") {
  pacer turns{four_then_two};
  const mono_time now{1h};
  CHECK(turns_at_once(turns, "a", now) == 4);
  CHECK(turns.next("a", now).wait == 1s);  // the probe of turns_at_once has taken 500 ms
  CHECK(turns.next("a", now + 1s).wait == 500ms);
  CHECK(turns_at_once(turns, "a", now + 1h) == 4);
}

TEST_CASE("a peer that would have to wait too long is refused, and that is not counted",
          "[http][pacer]") {
  pacer turns{four_then_two};
  const mono_time now{1h};
  CHECK(turns_at_once(turns, "a", now) == 4);
  CHECK_FALSE(turns.next("a", now).refused);
  for (int i = 0; i < 3; ++i) {
    const auto turn = turns.next("a", now);
    CHECK(turn.refused);
    CHECK(turn.wait == 1s);
  }
  CHECK_FALSE(turns.next("a", now + 500ms).refused);
}

TEST_CASE("peers do not wait for each other", "[http][pacer]") {
  pacer turns{four_then_two};
  const mono_time now{1h};
  CHECK(turns_at_once(turns, "a", now) == 4);
  CHECK(turns_at_once(turns, "b", now) == 4);
}

TEST_CASE("the peer whose turns are oldest makes room for another", "[http][pacer]") {
  pacer turns{four_then_two};
  const mono_time now{1h};
  CHECK(turns_at_once(turns, "a", now) == 4);
  CHECK(turns.next("b", now).wait == 0ns);
  CHECK(turns.next("c", now).wait == 0ns);
  CHECK(turns.next("a", now).wait > 0ns);
  CHECK(turns_at_once(turns, "b", now) == 4);
}

TEST_CASE("without a rate nobody waits", "[http][pacer]") {
  pacer turns{{}};
  for (int i = 0; i < 1000; ++i) REQUIRE(turns.next("a", {}).wait == 0ns);
}

TEST_CASE("a client that asks too fast is answered when it is its turn", "[http][pacer]") {
  connection_fixture f;
  f.bounds = two_a_second();
  f.connect();
  spend(f);
  CHECK(f.status_of("POST /now HTTP/1.1\r\nContent-Length: 5\r\n" + host + "hello") == 0);
  CHECK(f.doing[1] == occupation::unfinished);
  CHECK(f.client.alarm == 500ms);
  f.client.waits();
  CHECK(f.client.heard().starts_with("HTTP/1.1 200 "));
  CHECK(f.seen.back().body == "hello");
}

TEST_CASE("a client that would wait too long is refused, after a pause", "[http][pacer]") {
  connection_fixture f;
  f.bounds = two_a_second();
  f.bounds.longest_pause = 100ms;
  f.connect();
  spend(f);
  CHECK(f.status_of(get("/now")) == 0);
  CHECK(f.client.alarm == 100ms);
  f.client.waits();
  const auto answer = f.client.heard();
  CHECK(answer.starts_with("HTTP/1.1 429 "));
  CHECK(answer.find("Retry-After: 1\r\n") != std::string::npos);
  CHECK(f.seen.size() == 2);
  CHECK_FALSE(f.client.closed);
}

TEST_CASE("requests for nothing take turns as well, health checks do not", "[http][pacer]") {
  connection_fixture f;
  f.bounds = two_a_second();
  f.routes.add(
      method::get, "/health", [](const request&) { return response::text("ok"); },
      audience::everyone);
  f.connect();
  CHECK(f.status_of(get("/nothing")) == 404);
  CHECK(f.status_of(get("/..")) == 400);
  for (int i = 0; i < 10; ++i) CHECK(f.status_of(get("/health")) == 200);
  CHECK(f.status_of(get("/nothing")) == 0);
}

TEST_CASE("a request that waits for its turn does not hold up the end of the server",
          "[http][pacer]") {
  connection_fixture f;
  f.bounds = two_a_second();
  f.connect();
  spend(f);
  f.client.says(get("/now"));
  f.served->finish();
  CHECK(f.gone == 1);
  CHECK(f.seen.size() == 2);
}

TEST_CASE("a client that hangs up during its pause is gone after it", "[http][pacer]") {
  connection_fixture f;
  f.bounds = two_a_second();
  f.connect();
  spend(f);
  f.client.says(get("/now"));
  f.client.hangs_up();
  f.client.waits();
  CHECK(f.gone == 1);
}
