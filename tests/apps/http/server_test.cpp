#include "apps/camherd/http/server.hpp"

#include "tests/apps/http/raw_client.hpp"
#include "tests/support/catch.hpp"

#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

using namespace camherd;
using namespace camherd::http;
using namespace camherd::testing;
using namespace std::chrono_literals;

namespace {

http_config anywhere() {
  http_config settings;
  settings.listen = {{"127.0.0.1", 0}};
  return settings;
}

/// Keeps what handlers were given for the test's own thread.
template <class T>
class handed_over {
 public:
  void put(T value) {
    const std::lock_guard lock{mutex_};
    values_.push_back(std::move(value));
    changed_.notify_all();
  }

  T take() {
    std::unique_lock lock{mutex_};
    REQUIRE(changed_.wait_for(lock, 20s, [&] { return !values_.empty(); }));
    auto value = std::move(values_.front());
    values_.erase(values_.begin());
    return value;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<T> values_;
};

struct server_fixture {
  machine_clock time;
  handed_over<responder> later;
  handed_over<request> asked;
  std::unique_ptr<server> served;

  explicit server_fixture(const http_config& settings = anywhere(), const limits& bounds = {}) {
    router routes;
    routes.add(method::get, "/now", [](const request&) { return response::text("here"); });
    routes.add(method::post, "/now",
               [](const request& r) { return response::text(std::to_string(r.body.size())); });
    routes.add(method::get, "/large", [](const request&) {
      static const auto bytes = std::make_shared<const std::string>(8 << 20, 'x');
      return response::bytes("text/plain", body{bytes});
    });
    routes.add(method::get, "/later", [this](request r, const responder& to) {
      asked.put(std::move(r));
      later.put(to);
    });
    auto started = server::start(settings, std::move(routes), time, bounds);
    if (!started) FAIL(started.error().message());
    served = std::move(*started);
  }

  [[nodiscard]] std::uint16_t port() const { return served->addresses().at(0).port; }
};

const std::string get_later = "GET /later HTTP/1.1\r\nHost: localhost\r\n\r\n";
const std::string get_now = "GET /now HTTP/1.1\r\nHost: localhost\r\n\r\n";

}  // namespace

TEST_CASE("a server answers on the port it was given", "[http][server]") {
  server_fixture f;
  CHECK(f.port() != 0);
  const auto answer = fetch(f.port(), "/now");
  CHECK(status_of(answer) == 200);
  CHECK(answer.ends_with("\r\n\r\nhere"));
}

TEST_CASE("a server listens on several addresses", "[http][server]") {
  auto settings = anywhere();
  settings.listen.push_back({"127.0.0.1", 0});
  server_fixture f{settings};
  REQUIRE(f.served->addresses().size() == 2);
  for (const auto& address : f.served->addresses()) {
    CHECK(status_of(fetch(address.port, "/now")) == 200);
  }
}

TEST_CASE("a server that cannot listen says where and why", "[http][server]") {
  server_fixture f;
  auto settings = anywhere();
  settings.listen = f.served->addresses();
  const auto second = server::start(settings, {}, f.time);
  REQUIRE_FALSE(second);
  CHECK(second.error().message() == "http: listening on 127.0.0.1:" + std::to_string(f.port()) +
                                        ": Address already in use");
}

TEST_CASE("a server beyond loopback does not start without a token", "[http][server]") {
  machine_clock time;
  auto settings = anywhere();
  settings.listen = {{"0.0.0.0", 0}};
  const auto open = server::start(settings, {}, time);
  REQUIRE_FALSE(open);
  CHECK(open.error().message() == "http: listening on 0.0.0.0:0 needs a token");
  settings.token = std::string(16, '*');
  CHECK_FALSE(server::start(settings, {}, time));
  settings.token = "0123456789abcdef";
  CHECK(server::start(settings, {}, time));
}

TEST_CASE("a handler's answer may come from any thread", "[http][server]") {
  server_fixture f;
  raw_client client{f.port()};
  client.say(get_later + get_now);
  std::thread{[&] { f.later.take().send(response::text("from afar")); }}.join();
  CHECK(client.answer().ends_with("from afar"));
  CHECK(client.answer().ends_with("here"));
}

TEST_CASE("answers that outlive the server are harmless", "[http][server]") {
  auto f = std::make_unique<server_fixture>();
  raw_client client{f->port()};
  client.say(get_later);
  const auto to = f->later.take();
  raw_client viewer{f->port()};
  viewer.say(get_later);
  const auto pictures = std::make_unique<multipart_stream>(f->later.take().open_multipart());
  viewer.until("--camherd-next-part\r\n");
  f.reset();
  to.send(response::text("too late"));
  CHECK_FALSE(pictures->send("image/jpeg", body{std::string{"x"}}));
  CHECK(client.rest().empty());
}

TEST_CASE("stopping with grace lets the answers under way out", "[http][server]") {
  server_fixture f;
  raw_client client{f.port()};
  client.say(get_later);
  const auto to = f.later.take();
  auto stopped = std::async(std::launch::async, [&] { f.served->stop(20s); });
  to.send(response::text("the last"));
  CHECK(client.rest().ends_with("the last"));
  stopped.get();
  CHECK(f.served->counts().connections == 0);
}

TEST_CASE("slow clients do not stop a new one", "[http][server][hostile]") {
  auto settings = anywhere();
  settings.max_connections = 200;
  settings.max_connections_per_address = 200;
  server_fixture f{settings};
  std::vector<std::unique_ptr<raw_client>> slow;
  for (int i = 0; i < 250; ++i) {
    slow.push_back(std::make_unique<raw_client>(f.port()));
    slow.back()->say("G");
  }
  for (int i = 0; i < 20; ++i) CHECK(status_of(fetch(f.port(), "/now")) == 200);
  CHECK(f.served->counts().connections <= 200);
  CHECK(f.served->counts().evicted >= 50);
  // The oldest made room; the youngest can still go on.
  CHECK(slow.front()->rest().empty());
  slow.back()->say(get_now.substr(1));
  CHECK(status_of(slow.back()->answer()) == 200);
}

TEST_CASE("slow clients are closed at the deadline of the header", "[http][server][hostile]") {
  limits bounds;
  bounds.header_timeout = 1ms;
  server_fixture f{anywhere(), bounds};
  raw_client client{f.port()};
  CHECK(client.rest().empty());
  CHECK(f.served->counts().timed_out == 1);
}

TEST_CASE("a client that is being served is not sent away for a new one",
          "[http][server][hostile]") {
  auto settings = anywhere();
  settings.max_connections_per_address = 1;
  server_fixture f{settings};
  raw_client busy{f.port()};
  busy.say(get_later);
  const auto to = f.later.take();
  CHECK(fetch(f.port(), "/now").empty());
  CHECK(f.served->counts().refused == 1);
  to.send(response::text("kept"));
  CHECK(busy.answer().ends_with("kept"));
  CHECK(status_of(fetch(f.port(), "/now")) == 200);
}

TEST_CASE("hostile bytes end their own connection only", "[http][server][hostile]") {
  server_fixture f;
  raw_client good{f.port()};
  const std::string post = "POST /now HTTP/1.1\r\nHost: localhost\r\n";
  const std::vector<std::pair<std::string, unsigned>> attempts{
      {std::string(10, '\0'), 400},
      {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400},
      {"GET / HTTP/9.9\r\n\r\n", 505},
      {post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {post + "X: " + std::string(20'000, 'x'), 431},
      {post + "Content-Length: 1048577\r\n\r\n", 413},
      {post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
  };
  for (const auto& [bytes, status] : attempts) {
    INFO(bytes.substr(0, 80));
    raw_client client{f.port()};
    client.say(bytes);
    const auto answer = client.answer();
    CHECK(status_of(answer) == status);
    CHECK(answer.find("application/problem+json") != std::string::npos);
    client.half_close();
    CHECK(client.rest().empty());
  }
  good.say(get_now);
  CHECK(status_of(good.answer()) == 200);
}

TEST_CASE("a large body and a large answer pass whole", "[http][server]") {
  server_fixture f;
  raw_client client{f.port()};
  client.say("POST /now HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1048576\r\n\r\n" +
             std::string(1 << 20, 'x'));
  CHECK(client.answer().ends_with("\r\n\r\n1048576"));
  client.say("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(client.answer().size() > 8U << 20);
}

TEST_CASE("a half-closed client gets its answer", "[http][server]") {
  server_fixture f;
  raw_client client{f.port()};
  client.say(get_now);
  client.half_close();
  CHECK(client.rest().ends_with("here"));
}

TEST_CASE("events reach their client live, and Last-Event-ID the handler",
          "[http][server][stream]") {
  server_fixture f;
  raw_client client{f.port()};
  client.say("GET /later HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: 41\r\n\r\n");
  auto events = f.later.take().open_events();
  CHECK(*f.asked.take().header("last-event-id") == "41");
  client.until("\r\n\r\n");
  for (int i = 42; i < 100; ++i) {
    const auto id = std::to_string(i);
    CHECK(events.send({"tick", id, "x"}));
    CHECK(client.until("\n\n") == "event: tick\nid: " + id + "\ndata: x\n\n");
  }
  events.close();
  CHECK(client.rest().empty());
}

TEST_CASE("a viewer who does not read holds up nobody", "[http][server][stream]") {
  server_fixture f;
  raw_client slow{f.port()};
  slow.shrink_buffer();
  slow.say(get_later);
  auto to_slow = f.later.take().open_multipart();
  raw_client quick{f.port()};
  quick.say(get_later);
  auto to_quick = f.later.take().open_multipart();
  quick.until("--camherd-next-part\r\n");
  const body picture{std::string(1 << 20, 'x')};
  for (int i = 0; i < 40; ++i) {
    CHECK(to_slow.send("image/jpeg", picture));
    CHECK(to_quick.send("image/jpeg", picture));
    CHECK(quick.until("--camherd-next-part\r\n").size() > picture.size());
  }
  CHECK(to_quick.dropped() == 0);
  CHECK(to_slow.dropped() > 20);
  CHECK(*f.served->counts().stream_drops == to_slow.dropped());
}

TEST_CASE("a stream hears that its viewer left", "[http][server][stream]") {
  server_fixture f;
  auto viewer = std::make_unique<raw_client>(f.port());
  viewer->say(get_later);
  auto pictures = f.later.take().open_multipart();
  std::promise<void> gone;
  pictures.on_close([&] { gone.set_value(); });
  viewer->until("--camherd-next-part\r\n");
  viewer.reset();
  CHECK(gone.get_future().wait_for(20s) == std::future_status::ready);
  CHECK_FALSE(pictures.open());
}

TEST_CASE("a browser logs in with the token and stays in by its cookie",
          "[http][server][access]") {
  auto settings = anywhere();
  settings.token = "0123456789abcdef";
  server_fixture f{settings};
  raw_client client{f.port()};
  const auto ask = [&](const std::string& line, const std::string& fields) {
    client.say(line + " HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n" + fields +
               "\r\n");
    return client.answer();
  };
  CHECK(status_of(ask("GET /now", "")) == 401);
  CHECK(status_of(ask("POST /api/v1/session", "")) == 401);
  const auto login =
      ask("POST /api/v1/session", "Authorization: Bearer " + settings.token + "\r\n");
  CHECK(status_of(login) == 204);
  const std::string field = "\r\nSet-Cookie: ";
  const auto at = login.find(field);
  REQUIRE(at != std::string::npos);
  const auto value = at + field.size();
  const auto cookie = "Cookie: " + login.substr(value, login.find(';', at) - value) + "\r\n";
  CHECK(status_of(ask("GET /now", cookie)) == 200);
  CHECK(status_of(ask("DELETE /api/v1/session", cookie)) == 204);
  CHECK(status_of(ask("GET /now", cookie)) == 401);

  CHECK(status_of(ask("GET /now", "Authorization: Bearer " + settings.token + "\r\n")) == 200);
  settings.token = "another-token-of-us";
  CHECK(f.served->reload(settings));
  CHECK(status_of(ask("GET /now", "Authorization: Bearer 0123456789abcdef\r\n")) == 401);
  CHECK(status_of(ask("GET /now", "Authorization: Bearer " + settings.token + "\r\n")) == 200);
}

TEST_CASE("what cannot change while running is refused on reload", "[http][server]") {
  server_fixture f;
  auto settings = anywhere();
  settings.max_connections = 17;
  CHECK_FALSE(f.served->reload(settings));
  settings = anywhere();
  settings.listen = {{"127.0.0.1", 1}};
  CHECK_FALSE(f.served->reload(settings));
  CHECK(f.served->reload(anywhere()));
}
