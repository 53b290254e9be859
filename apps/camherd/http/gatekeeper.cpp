#include "apps/camherd/http/gatekeeper.hpp"

#include "apps/camherd/http/secrets.hpp"
#include "core/base/text.hpp"

#include <algorithm>
#include <utility>

namespace camherd::http {
namespace {

constexpr std::string_view challenge = "Bearer realm=\"camherd\"";

// The token of "Authorization: Bearer TOKEN" (RFC 6750, 2.1).
std::optional<std::string_view> bearer_token(const request_head& head) {
  const auto* const value = find_field(head.fields, "authorization");
  if (value == nullptr) return std::nullopt;
  std::string_view rest{*value};
  if (!equals_ignoring_case(take_until(rest, ' '), "bearer")) return "";
  return trim(rest);
}

std::optional<std::string_view> cookie_value(const request_head& head, std::string_view name) {
  for (const auto& line : head.fields) {
    if (line.name != "cookie") continue;
    std::string_view rest{line.value};
    while (!rest.empty()) {
      auto pair = trim(take_until(rest, ';'));
      if (take_until(pair, '=') == name) return pair;
    }
  }
  return std::nullopt;
}

bool is_cross_site(const request_head& head) {
  const auto* const site = find_field(head.fields, "sec-fetch-site");
  return site != nullptr && *site != "same-origin" && *site != "none";
}

response too_many_logins(std::chrono::nanoseconds wait) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  return refuse(429, "too many failed logins from this address")
      .with("Retry-After", std::to_string(std::max<std::int64_t>(seconds, 1)));
}

}  // namespace

gatekeeper::gatekeeper(access_policy policy, const limits& bounds, transport_security security,
                       const clock& time)
    : policy_{std::move(policy)},
      bounds_{bounds},
      security_{security},
      time_{time},
      turns_{{.per_second = bounds.requests_per_second,
              .burst = bounds.request_burst,
              .longest_wait = bounds.longest_pause,
              .peers = bounds.remembered_peers}} {}

void gatekeeper::change(access_policy policy) {
  if (policy.token != policy_.token) sessions_.clear();
  policy_ = std::move(policy);
}

pacer::turn gatekeeper::next_turn(const peer_address& peer) {
  return turns_.next(peer.group, time_.now());
}

gatekeeper::verdict gatekeeper::judge(const request_head& head, method verb,
                                      const target& asked, audience who,
                                      const peer_address& peer) {
  verdict outcome;
  std::optional<authority> host;
  outcome.refusal = check_host(head, asked, peer, host);
  if (outcome.refusal) return outcome;
  if (!policy_.token.empty() && who == audience::token) {
    outcome = authenticate(head, peer);
    if (outcome.refusal) return outcome;
  }
  if (!changes_state(verb)) return outcome;
  const auto* const origin = find_field(head.fields, "origin");
  // Browsers send Origin with every request that changes something; other programs need not,
  // but have no cookies that somebody else could use.
  const bool from_here = origin == nullptr ? outcome.who != identity::session
                                           : host && same_origin(*origin, *host);
  if (!from_here || is_cross_site(head)) {
    outcome.refusal = refuse(403, "requests from pages of other sites change nothing here");
  }
  return outcome;
}

std::optional<response> gatekeeper::check_host(const request_head& head, const target& asked,
                                               const peer_address& peer,
                                               std::optional<authority>& host) const {
  const auto* const named = find_field(head.fields, "host");
  if (named == nullptr) return std::nullopt;  // HTTP/1.0: no browser of today
  host = parse_authority(*named);
  if (!host) return refuse(400, "the Host of the request is no host");
  if (!asked.authority.empty() && parse_authority(asked.authority) != host) {
    return refuse(400, "the request names two different hosts");
  }
  const auto by = peer.local ? reached_by::loopback : reached_by::network;
  if (host_is_ours(*host, by, policy_.allowed_hosts)) return std::nullopt;
  return refuse(421, "this server does not answer to that host name; see allowed_hosts");
}

gatekeeper::verdict gatekeeper::authenticate(const request_head& head,
                                             const peer_address& peer) {
  if (auto session = live_session(head)) {
    return {std::nullopt, identity::session, std::move(*session)};
  }
  auto unauthorized = refuse(401, "this needs the token of the server")
                          .with("WWW-Authenticate", std::string{challenge});
  const auto token = bearer_token(head);
  if (!token) return {std::move(unauthorized), identity::none, ""};

  // A peer without tries left is refused before its token is compared: otherwise it could go on
  // guessing and would learn from the answer.
  auto& attempts = attempts_of(peer);
  if (const auto wait = attempts.bucket.take(time_.now()); wait.count() > 0) {
    return {too_many_logins(wait), identity::none, ""};
  }
  if (same_secret(*token, policy_.token)) {
    attempts.bucket.give_back();
    return {std::nullopt, identity::token, ""};
  }
  ++failed_;
  unauthorized.headers.back().value += ", error=\"invalid_token\"";
  return {std::move(unauthorized), identity::none, ""};
}

std::optional<std::string> gatekeeper::live_session(const request_head& head) {
  const auto value = cookie_value(head, cookie_name());
  if (!value) return std::nullopt;
  // Looked up by digest: how long that takes says nothing about the cookies there are.
  auto key = sha256_text(*value);
  const auto found = sessions_.find(key);
  if (found == sessions_.end()) return std::nullopt;
  if (found->second.expires <= time_.now()) {
    sessions_.erase(found);
    return std::nullopt;
  }
  return key;
}

gatekeeper::peer_attempts& gatekeeper::attempts_of(const peer_address& peer) {
  const auto now = time_.now();
  const auto known = attempts_.find(peer.group);
  if (known != attempts_.end()) {
    known->second.last = now;
    return known->second;
  }
  if (attempts_.size() >= bounds_.remembered_peers) {
    attempts_.erase(std::min_element(
        attempts_.begin(), attempts_.end(),
        [](const auto& a, const auto& b) { return a.second.last < b.second.last; }));
  }
  const token_bucket full{bounds_.failed_logins_per_second, bounds_.failed_logins_at_once, now};
  return attempts_.emplace(peer.group, peer_attempts{full, now}).first->second;
}

response gatekeeper::log_in() {
  response answer;
  if (policy_.token.empty()) return answer;
  const auto value = random_secret();
  if (value.empty()) return refuse(503, "no session could be made");
  drop_sessions();
  const auto now = time_.now();
  sessions_[sha256_text(value)] = {now + bounds_.session_lifetime, next_session_++};
  const auto lifetime = std::chrono::seconds{bounds_.session_lifetime};
  return std::move(answer.with("Set-Cookie", cookie(value, lifetime.count())));
}

response gatekeeper::log_out(const std::string& session) {
  sessions_.erase(session);
  return response{}.with("Set-Cookie", cookie("", 0));
}

// Makes room for one more: without the expired ones, or else without the oldest.
void gatekeeper::drop_sessions() {
  const auto now = time_.now();
  std::erase_if(sessions_, [&](const auto& entry) { return entry.second.expires <= now; });
  if (sessions_.size() < bounds_.sessions) return;
  sessions_.erase(std::min_element(
      sessions_.begin(), sessions_.end(),
      [](const auto& a, const auto& b) { return a.second.number < b.second.number; }));
}

std::string_view gatekeeper::cookie_name() const noexcept {
  // With this prefix browsers take the cookie over TLS only, and from this host only.
  return security_ == transport_security::tls ? "__Host-camherd_session" : "camherd_session";
}

std::string gatekeeper::cookie(const std::string& value, std::int64_t seconds) const {
  return std::string{cookie_name()} + '=' + value +
         "; Path=/; Max-Age=" + std::to_string(seconds) + "; HttpOnly; SameSite=Strict" +
         (security_ == transport_security::tls ? "; Secure" : "");
}

}  // namespace camherd::http
