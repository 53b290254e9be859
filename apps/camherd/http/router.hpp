#pragma once

#include "apps/camherd/http/request.hpp"
#include "apps/camherd/http/responder.hpp"
#include "apps/camherd/http/response.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace camherd::http {

/// Handles a request on the server's io thread, where nothing may block: it answers at once or
/// keeps the responder for later. An exception is answered with status 500.
using handler = std::function<void(request, responder)>;

/// A handler that always answers at once.
using direct_handler = std::function<response(const request&)>;

/// Who may use a route.
enum class audience : std::uint8_t {
  token,     ///< whoever has the token, where the server asks for one
  everyone,  ///< everybody who reaches the server
};

struct route {
  method verb = method::get;
  std::string pattern;  ///< "/api/v1/cameras/{name}/restart"
  audience who = audience::token;
  handler run;
};

/// Finds the handler of a request. Segments of patterns are literal or `{name}`, which matches
/// any segment that is not empty; where several patterns match, literal segments count more,
/// the earlier ones most. HEAD is served by the handler of GET. Filled first, then only read.
class router {
 public:
  /// `pattern` begins with '/'. The same method and pattern twice is a mistake of ours.
  void add(method verb, std::string_view pattern, handler run, audience who = audience::token);
  void add(method verb, std::string_view pattern, direct_handler run,
           audience who = audience::token);

  /// Every route, in the order of addition.
  [[nodiscard]] std::span<const route> routes() const noexcept { return routes_; }

  struct finding {
    const route* found = nullptr;    ///< of the method, or nothing
    std::vector<field> parameters;   ///< of `found`
    std::vector<method> allowed;     ///< what the path supports; empty: there is no such path
    audience who = audience::token;  ///< open if `found` is, or else anything at this path
  };

  [[nodiscard]] finding find(method verb, std::span<const std::string> segments) const;

 private:
  struct path_routes {
    std::vector<std::string> segments;  // a parameter keeps its braces
    std::vector<std::size_t> routes;    // indices
  };

  path_routes& path_of(std::string_view pattern);

  std::vector<route> routes_;
  std::vector<path_routes> paths_;  // those with earlier literal segments first
};

/// The value of an Allow header.
[[nodiscard]] std::string allow_text(std::span<const method> allowed);

}  // namespace camherd::http
