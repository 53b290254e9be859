#include "apps/camherd/http/router.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace camherd::http {
namespace {

bool is_parameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

std::vector<std::string> pattern_segments(std::string_view pattern) {
  assert(pattern.starts_with('/'));
  pattern.remove_prefix(1);
  std::vector<std::string> segments;
  for (bool more = true; more;) {
    more = pattern.find('/') != std::string_view::npos;
    segments.emplace_back(take_until(pattern, '/'));
  }
  return segments;
}

bool matches(const std::vector<std::string>& pattern, std::span<const std::string> path) {
  return std::equal(pattern.begin(), pattern.end(), path.begin(), path.end(),
                    [](const std::string& wanted, const std::string& segment) {
                      return is_parameter(wanted) ? !segment.empty() : wanted == segment;
                    });
}

}  // namespace

void router::add(method verb, std::string_view pattern, handler run, audience who) {
  auto& path = path_of(pattern);
  assert(std::none_of(path.routes.begin(), path.routes.end(),
                      [&](std::size_t index) { return routes_[index].verb == verb; }));
  path.routes.push_back(routes_.size());
  routes_.push_back({verb, std::string{pattern}, who, std::move(run)});
}

void router::add(method verb, std::string_view pattern, direct_handler run, audience who) {
  add(verb, pattern,
      handler{[answer = std::move(run)](const request& asked, const responder& to) {
        to.send(answer(asked));
      }},
      who);
}

router::path_routes& router::path_of(std::string_view pattern) {
  auto segments = pattern_segments(pattern);
  const auto same = std::find_if(paths_.begin(), paths_.end(),
                                 [&](const auto& path) { return path.segments == segments; });
  if (same != paths_.end()) return *same;
  const auto more_literal = [](const std::vector<std::string>& a,
                               const std::vector<std::string>& b) {
    return std::lexicographical_compare(
        a.begin(), a.end(), b.begin(), b.end(),
        [](const auto& x, const auto& y) { return !is_parameter(x) && is_parameter(y); });
  };
  const auto place = std::find_if(paths_.begin(), paths_.end(), [&](const auto& path) {
    return more_literal(segments, path.segments);
  });
  return *paths_.insert(place, {std::move(segments), {}});
}

router::finding router::find(method verb, std::span<const std::string> segments) const {
  finding outcome;
  const auto path = std::find_if(paths_.begin(), paths_.end(), [&](const path_routes& p) {
    return matches(p.segments, segments);
  });
  if (path == paths_.end()) return outcome;
  const auto with = [&](method wanted) -> const route* {
    const auto index = std::find_if(path->routes.begin(), path->routes.end(),
                                    [&](std::size_t i) { return routes_[i].verb == wanted; });
    return index == path->routes.end() ? nullptr : &routes_[*index];
  };
  for (const auto index : path->routes) {
    outcome.allowed.push_back(routes_[index].verb);
    if (routes_[index].who == audience::everyone) outcome.who = audience::everyone;
  }
  if (with(method::get) != nullptr && with(method::head) == nullptr) {
    outcome.allowed.push_back(method::head);
  }
  if (with(method::options) == nullptr) outcome.allowed.push_back(method::options);
  std::sort(outcome.allowed.begin(), outcome.allowed.end());

  outcome.found = with(verb);
  if (outcome.found == nullptr && verb == method::head) outcome.found = with(method::get);
  if (outcome.found == nullptr) return outcome;
  outcome.who = outcome.found->who;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const std::string_view pattern = path->segments[i];
    if (!is_parameter(pattern)) continue;
    outcome.parameters.push_back(
        {std::string{pattern.substr(1, pattern.size() - 2)}, segments[i]});
  }
  return outcome;
}

std::string allow_text(std::span<const method> allowed) {
  std::string text;
  for (const auto verb : allowed) {
    if (!text.empty()) text += ", ";
    text += to_string(verb);
  }
  return text;
}

}  // namespace camherd::http
