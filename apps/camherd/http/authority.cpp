#include "apps/camherd/http/authority.hpp"

#include "core/base/text.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace camherd::http {
namespace {

enum class host_kind { name, address, loopback_address };

host_kind kind_of(const std::string& host) {
  std::array<unsigned char, 16> bytes{};
  if (::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1) {
    return bytes[0] == 127 ? host_kind::loopback_address : host_kind::address;
  }
  if (::inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1) {
    const bool loopback = bytes[15] == 1 && std::all_of(bytes.begin(), bytes.end() - 1,
                                                        [](unsigned char b) { return b == 0; });
    return loopback ? host_kind::loopback_address : host_kind::address;
  }
  return host_kind::name;
}

bool is_host_character(char c) {
  const char lower = ascii_lower(c);
  return (lower >= 'a' && lower <= 'z') || is_digit(c) || c == '-' || c == '.' || c == '_';
}

std::uint16_t default_port(std::string_view origin) {
  return starts_with_ignoring_case(origin, "https://") ? 443 : 80;
}

}  // namespace

std::optional<authority> parse_authority(std::string_view text) {
  authority parsed;
  std::string_view rest;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    parsed.host = lower_case(text.substr(1, end - 1));
    rest = text.substr(end + 1);
    std::array<unsigned char, 16> bytes{};
    if (::inet_pton(AF_INET6, parsed.host.c_str(), bytes.data()) != 1) return std::nullopt;
  } else {
    const auto end = std::min(text.find(':'), text.size());
    parsed.host = lower_case(text.substr(0, end));
    rest = text.substr(end);
    if (!std::all_of(parsed.host.begin(), parsed.host.end(), is_host_character)) {
      return std::nullopt;
    }
    if (parsed.host.ends_with('.')) parsed.host.pop_back();
  }
  if (parsed.host.empty() || parsed.host.size() > 255) return std::nullopt;
  if (rest.empty() || rest == ":") return parsed;
  rest.remove_prefix(1);
  std::uint16_t port = 0;
  const auto [end, status] = std::from_chars(rest.data(), rest.data() + rest.size(), port);
  if (status != std::errc{} || end != rest.data() + rest.size()) return std::nullopt;
  parsed.port = port;
  return parsed;
}

bool host_is_ours(const authority& host, reached_by by, std::span<const std::string> allowed) {
  const auto kind = kind_of(host.host);
  if (host.host == "localhost" || kind == host_kind::loopback_address) return true;
  const bool listed = std::any_of(allowed.begin(), allowed.end(), [&](const std::string& name) {
    return equals_ignoring_case(name, host.host);
  });
  if (listed || by == reached_by::loopback) return listed;
  return kind == host_kind::address || allowed.empty();
}

bool same_origin(std::string_view origin, const authority& host) {
  const auto scheme_end = origin.find("://");
  if (scheme_end == std::string_view::npos) return false;
  const auto from = parse_authority(origin.substr(scheme_end + 3));
  if (!from || from->host != host.host) return false;
  const auto port = default_port(origin);
  return from->port.value_or(port) == host.port.value_or(port);
}

}  // namespace camherd::http
