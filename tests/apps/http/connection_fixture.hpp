#pragma once

#include "apps/camherd/http/connection.hpp"
#include "apps/camherd/http/responder.hpp"
#include "tests/apps/http/scripted_channel.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/manual_clock.hpp"

#include <map>
#include <stdexcept>

namespace camherd::testing {

using namespace http;

/// The end of a request without a body.
inline const std::string host = "Host: localhost\r\n\r\n";

inline std::string get(const std::string& path) {
  return "GET " + path + " HTTP/1.1\r\n" + host;
}

/// One connection of a server with a few routes, and its client.
struct connection_fixture {
  scripted_client client;
  manual_clock time;
  limits bounds;
  std::string token;
  router routes;
  std::vector<request> seen;
  std::vector<responder> later;  // owed by /later
  server_counts counts;
  std::map<census::id, census::occupation> doing;
  std::optional<census::id> gone;
  std::optional<gatekeeper> gate;
  std::optional<connection_context> shared;
  std::shared_ptr<connection> served;

  explicit connection_fixture(std::string with_token = "") : token{std::move(with_token)} {
    const auto at_once = [this](const request& asked) {
      seen.push_back(asked);
      return response::text("you said " + asked.body);
    };
    routes.add(method::get, "/now", at_once);
    routes.add(method::post, "/now", at_once);
    routes.add(method::get, "/cameras/{name}", at_once);
    routes.add(method::get, "/later",
               [this](const request&, const responder& to) { later.push_back(to); });
    routes.add(method::get, "/never", [](const request&, const responder&) {});
    routes.add(method::get, "/throws",
               [](const request&) -> response { throw std::runtime_error{"hunter2"}; });
    connect();
  }

  void connect() {
    gate.emplace(access_policy{token, {}}, bounds, transport_security::plain, time);
    shared.emplace(
        connection_context{routes, bounds, *gate, counts, time,
                           std::make_shared<io_gate>([this](io_gate::task task) {
                             client.tasks.push_back(std::move(task));
                           }),
                           [this](census::id id, census::occupation what) { doing[id] = what; },
                           [this](census::id id) { gone = id; }});
    served =
        std::make_shared<connection>(1, std::make_unique<scripted_channel>(client),
                                     peer_address{"127.0.0.1", 1, "127.0.0.1", true}, *shared);
    served->start();
    client.run();
  }

  ~connection_fixture() {
    later.clear();
    served->close();
    client.run();
  }

  /// Says `text` and returns the status line's number of what comes back, 0 for nothing.
  unsigned status_of(const std::string& text) {
    client.says(text);
    const auto answer = client.heard();
    return answer.starts_with("HTTP/1.1 ")
               ? static_cast<unsigned>(std::stoul(answer.substr(9, 3)))
               : 0;
  }
};

}  // namespace camherd::testing
