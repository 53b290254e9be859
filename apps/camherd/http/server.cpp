#include "apps/camherd/http/server.hpp"

#include "apps/camherd/http/connection.hpp"
#include "apps/camherd/http/gatekeeper.hpp"
#include "apps/camherd/http/network.hpp"
#include "apps/camherd/http/tls_context.hpp"

#include <algorithm>
#include <future>
#include <unordered_map>
#include <utility>

namespace camherd::http {
namespace {

constexpr std::string_view session_path = "/api/v1/session";

error invalid(std::string text) {
  return error{error_kind::invalid_argument, std::move(text)};
}

std::optional<error> problem_of(const http_config& settings) {
  if (settings.certificate.empty() != settings.key.empty()) {
    return invalid("http: certificate and key are only of use together");
  }
  if (!settings.token.empty() && settings.token.find_first_not_of('*') == std::string::npos) {
    return invalid("http: the token is the mask that is printed instead of tokens");
  }
  if (!settings.token.empty()) return std::nullopt;
  for (const auto& address : settings.listen) {
    if (!is_loopback(address)) {
      return invalid("http: listening on " + to_string(address) + " needs a token");
    }
  }
  return std::nullopt;
}

result<std::shared_ptr<ssl_ctx_st>> tls_of(const http_config& settings) {
  if (settings.certificate.empty()) return std::shared_ptr<ssl_ctx_st>{};
  return load_tls({settings.certificate, settings.key});
}

access_policy policy_of(const http_config& settings) {
  return {settings.token, settings.allowed_hosts};
}

transport_security security_of(const http_config& settings) {
  return settings.certificate.empty() ? transport_security::plain : transport_security::tls;
}

// What cannot change while a server runs.
bool same_server(const http_config& a, const http_config& b) {
  return a.listen == b.listen && a.max_connections == b.max_connections &&
         a.max_connections_per_address == b.max_connections_per_address &&
         a.max_requests_per_second == b.max_requests_per_second &&
         a.certificate.empty() == b.certificate.empty();
}

}  // namespace

struct server::state {
  state(const http_config& with, router served, const clock& time, limits granted,
        std::unique_ptr<network> on)
      : settings{with},
        routes{std::move(served)},
        bounds{granted},
        gate{policy_of(with), bounds, security_of(with), time},
        members{bounds.connections, bounds.connections_per_peer},
        net{std::move(on)},
        loop{std::make_shared<io_gate>(
            [this](io_gate::task work) { net->post(std::move(work)); })},
        shared{routes,
               bounds,
               gate,
               counts,
               time,
               loop,
               [this](census::id id, census::occupation what) { members.set(id, what); },
               [this](census::id id) { closed(id); }} {
    add_session_routes();
  }

  void add_session_routes() {
    routes.add(method::post, session_path, [this](const request& asked) {
      return asked.who == identity::session ? response{} : gate.log_in();
    });
    routes.add(method::del, session_path,
               [this](const request& asked) { return gate.log_out(asked.session); });
  }

  void arrived(std::unique_ptr<channel> to, peer_address peer) {
    const auto place = members.admit(peer.group);
    if (place.leaving) {
      ++counts.evicted;
      // No longer counted, so that its closing must not be counted again.
      const auto leaving = std::move(connections.extract(*place.leaving).mapped());
      leaving->close();
    }
    if (!place.newcomer) {
      ++counts.refused;
      to->close();
      return;
    }
    ++counts.accepted;
    const auto made =
        std::make_shared<connection>(*place.newcomer, std::move(to), std::move(peer), shared);
    connections.emplace(*place.newcomer, made);
    counts.connections = connections.size();
    made->start();
  }

  void closed(census::id id) {
    members.remove(id);
    connections.erase(id);
    counts.connections = connections.size();
    if (connections.empty() && drained) std::exchange(drained, nullptr)();
  }

  void drain(std::function<void()> done) {
    net->stop_listening();
    drained = std::move(done);
    for (const auto& each : all_connections()) each->finish();
    if (connections.empty() && drained) std::exchange(drained, nullptr)();
  }

  void close_all() {
    drained = nullptr;
    for (const auto& each : all_connections()) each->close();
  }

  // Closing takes connections out of the map.
  std::vector<std::shared_ptr<connection>> all_connections() const {
    std::vector<std::shared_ptr<connection>> all;
    for (const auto& [id, each] : connections) all.push_back(each);
    return all;
  }

  // Runs `work` on the io thread and waits for it.
  void perform(const std::function<void()>& work) {
    std::promise<void> done;
    net->post([&] {
      work();
      done.set_value();
    });
    done.get_future().wait();
  }

  http_config settings;  // of the thread that reloads
  router routes;
  const limits bounds;
  server_counts counts;
  gatekeeper gate;
  census members;
  std::function<void()> drained;
  std::unordered_map<census::id, std::shared_ptr<connection>> connections;
  std::unique_ptr<network> net;
  std::shared_ptr<io_gate> loop;
  connection_context shared;
  bool stopped = false;
};

server::server(std::unique_ptr<state> s) : state_{std::move(s)} {}

server::~server() {
  stop(std::chrono::milliseconds{0});
}

result<std::unique_ptr<server>> server::start(const http_config& settings, router routes,
                                              const clock& time, limits bounds) {
  if (auto problem = problem_of(settings)) return std::move(*problem);
  auto tls = tls_of(settings);
  if (!tls) return tls.error();
  auto net = network::open(settings.listen, *tls);
  if (!net) return net.error().within("http");
  bounds.connections = settings.max_connections;
  bounds.connections_per_peer = settings.max_connections_per_address;
  bounds.requests_per_second = settings.max_requests_per_second;
  auto made =
      std::make_unique<state>(settings, std::move(routes), time, bounds, std::move(*net));
  made->net->start([s = made.get()](std::unique_ptr<channel> to, peer_address peer) {
    s->arrived(std::move(to), std::move(peer));
  });
  return std::unique_ptr<server>{new server{std::move(made)}};
}

const std::vector<listen_address>& server::addresses() const noexcept {
  return state_->net->addresses();
}

result<void> server::reload(const http_config& settings) {
  const auto prepared = prepare_reload(settings);
  if (!prepared) return prepared.error();
  (*prepared)();
  return {};
}

result<std::function<void()>> server::prepare_reload(const http_config& settings) {
  if (state_->stopped) return invalid("http: the server has stopped");
  if (!same_server(settings, state_->settings)) {
    return error{error_kind::unsupported,
                 "http: changed listen, max_connections, max_connections_per_address, and TLS "
                 "on or off take effect after a restart only"};
  }
  if (auto problem = problem_of(settings)) return std::move(*problem);
  auto tls = tls_of(settings);
  if (!tls) return tls.error();
  return std::function<void()>{[this, settings, context = *tls] {
    state_->settings = settings;
    state_->perform([&] {
      state_->gate.change(policy_of(settings));
      state_->net->use_tls(context);
    });
  }};
}

void server::stop(std::chrono::milliseconds grace) {
  if (std::exchange(state_->stopped, true)) return;
  std::promise<void> drained;
  if (grace.count() > 0) {
    state_->net->post([&] { state_->drain([&] { drained.set_value(); }); });
    drained.get_future().wait_for(grace);
  }
  state_->loop->close();
  state_->perform([&] {
    state_->net->stop_listening();
    state_->close_all();
  });
  state_->net->stop();
}

const server_counts& server::counts() const noexcept {
  return state_->counts;
}

}  // namespace camherd::http
