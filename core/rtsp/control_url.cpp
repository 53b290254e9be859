#include "core/rtsp/control_url.hpp"

#include "core/base/text.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

namespace camherd::rtsp {
namespace {

// The pieces of an absolute URL; `rest` begins with '/', '?' or '#' or is empty.
struct url_pieces {
  std::string_view scheme;
  std::string_view authority;  // without user information
  std::string_view rest;

  [[nodiscard]] std::string_view host() const noexcept {
    if (authority.starts_with('[')) {
      return authority.substr(1, std::min(authority.find(']'), authority.size()) - 1);
    }
    return authority.substr(0, authority.find(':'));
  }
};

std::optional<url_pieces> split(std::string_view text) noexcept {
  const auto colon = text.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  url_pieces pieces;
  pieces.scheme = text.substr(0, colon);
  static constexpr std::array<std::string_view, 3> schemes{"rtsp", "rtsps", "rtspu"};
  if (std::none_of(schemes.begin(), schemes.end(), [&](std::string_view scheme) {
        return equals_ignoring_case(scheme, pieces.scheme);
      })) {
    return std::nullopt;
  }
  text.remove_prefix(colon + 3);
  const auto end = std::min(text.find_first_of("/?#"), text.size());
  pieces.authority = text.substr(0, end);
  pieces.rest = text.substr(end);
  if (const auto at = pieces.authority.rfind('@'); at != std::string_view::npos) {
    pieces.authority.remove_prefix(at + 1);
  }
  if (pieces.host().empty()) return std::nullopt;
  return pieces;
}

enum class reach { anywhere, own_network, own_host };

reach reach_of_v4(const std::array<std::uint8_t, 16>& ip) noexcept {
  if (ip[0] == 0 || ip[0] == 127) return reach::own_host;
  const bool local = ip[0] == 10 || (ip[0] == 172 && ip[1] >= 16 && ip[1] < 32) ||
                     (ip[0] == 192 && ip[1] == 168) || (ip[0] == 169 && ip[1] == 254) ||
                     (ip[0] == 100 && ip[1] >= 64 && ip[1] < 128);
  return local ? reach::own_network : reach::anywhere;
}

reach reach_of_v6(const std::array<std::uint8_t, 16>& ip) noexcept {
  const bool zeros = std::all_of(ip.begin(), ip.end() - 1, [](auto byte) { return byte == 0; });
  if (zeros && ip.back() <= 1) return reach::own_host;
  const bool link_local = ip[0] == 0xfe && (ip[1] & 0xc0) == 0x80;
  return link_local || (ip[0] & 0xfe) == 0xfc ? reach::own_network : reach::anywhere;
}

// From where the address of a host can be reached; names count as reachable from anywhere.
reach reach_of(std::string_view host) {
  const std::string text{host.substr(0, host.find('%'))};
  std::array<std::uint8_t, 16> ip{};
  if (inet_pton(AF_INET, text.c_str(), ip.data()) == 1) return reach_of_v4(ip);
  if (inet_pton(AF_INET6, text.c_str(), ip.data()) == 1) return reach_of_v6(ip);
  return reach::anywhere;
}

std::string encoded(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (c == ' ' || is_control(c)) {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    } else {
      out += c;
    }
  }
  return out;
}

std::string join(std::string_view scheme, std::string_view authority, std::string_view rest) {
  return encoded(scheme) + "://" + encoded(authority) + encoded(rest);
}

std::string without_user(std::string_view url) {
  const auto pieces = split(url);
  return pieces ? join(pieces->scheme, pieces->authority, pieces->rest) : encoded(url);
}

// True if `control` is a path from the root that goes through the path of `base`, so that
// appending it would give that path twice.
bool repeats_path(const url_pieces& base, std::string_view control) noexcept {
  auto path = base.rest.substr(0, base.rest.find_first_of("?#"));
  if (path.ends_with('/')) path.remove_suffix(1);
  return control.starts_with('/') && control.starts_with(path) &&
         (control.size() == path.size() || control[path.size()] == '/');
}

std::string host_notice(std::string_view what, std::string_view host) {
  static constexpr std::size_t longest_shown = 64;
  return std::string{what} + " names the host " + printable(host.substr(0, longest_shown)) +
         ", which need not be reachable from here; the host of the request was used";
}

}  // namespace

bool is_absolute_rtsp_url(std::string_view text) noexcept {
  return split(text).has_value();
}

resolved_url description_base(const header_list& answer, std::string_view request_url) {
  resolved_url base;
  const auto request = split(request_url);
  for (const auto* const name : {"Content-Base", "Content-Location"}) {
    const auto value = answer.find(name);
    if (!value || value->empty()) continue;
    const auto stated = split(*value);
    if (stated && request && stated->host() != request->host() &&
        reach_of(stated->host()) == reach::own_host) {
      base.url = join(request->scheme, request->authority, stated->rest);
      base.notices.push_back(host_notice(name, stated->host()));
      return base;
    }
    if (stated) {
      base.url = without_user(*value);
      return base;
    }
    if (request && value->starts_with('/')) {
      base.url = join(request->scheme, request->authority, *value);
      return base;
    }
    base.notices.push_back(std::string{name} + " is no RTSP URL and was passed over");
  }
  base.url = without_user(request_url);
  return base;
}

resolved_url resolve_control(std::string_view base, std::string_view control) {
  control = trim(control);
  resolved_url resolved;
  if (control.empty() || control == "*") {
    resolved.url = without_user(base);
    return resolved;
  }
  if (const auto absolute = split(control)) {
    const auto from = split(base);
    if (from && from->host() != absolute->host() &&
        reach_of(absolute->host()) != reach::anywhere) {
      resolved.url = join(from->scheme, from->authority, absolute->rest);
      resolved.notices.push_back(host_notice("a control URL", absolute->host()));
    } else {
      resolved.url = without_user(control);
    }
    return resolved;
  }
  if (const auto from = split(base); from && repeats_path(*from, control)) {
    resolved.url = join(from->scheme, from->authority, control);
    return resolved;
  }
  resolved.url = without_user(base);
  if (control.starts_with('/')) control.remove_prefix(1);
  if (!resolved.url.ends_with('/') && !control.starts_with('?')) resolved.url += '/';
  resolved.url += encoded(control);
  return resolved;
}

}  // namespace camherd::rtsp
