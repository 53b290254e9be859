#include "core/base/camera_url.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

namespace camherd {
namespace {

struct scheme_port {
  std::string_view scheme;
  std::uint16_t port;
};
constexpr std::array<scheme_port, 6> default_ports{{{"rtsp", 554},
                                                    {"rtsps", 322},
                                                    {"http", 80},
                                                    {"https", 443},
                                                    {"rtmp", 1935},
                                                    {"rtmps", 443}}};

std::uint16_t default_port(std::string_view scheme) noexcept {
  const auto found =
      std::find_if(default_ports.begin(), default_ports.end(),
                   [&](const scheme_port& entry) { return entry.scheme == scheme; });
  return found == default_ports.end() ? std::uint16_t{0} : found->port;
}

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// A '%' that begins no valid escape stands for itself: raw passwords contain it.
std::string percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
        hex_value(text[i + 2]) >= 0) {
      decoded += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

std::string percent_encode(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-' || c == '.' || c == '_' || c == '~') {
      encoded += c;
    } else {
      encoded += '%';
      encoded += digits[byte >> 4];
      encoded += digits[byte & 15];
    }
  }
  return encoded;
}

// What a parameter that holds a secret is called, or has in its name ("access_token").
bool names_secret(std::string_view name) {
  static constexpr std::array<std::string_view, 8> words{"password", "passwd", "pwd",  "pass",
                                                         "token",    "secret", "auth", "psw"};
  const auto lower = lower_case(percent_decode(name));
  return lower.ends_with("key") ||
         std::any_of(words.begin(), words.end(), [&](std::string_view word) {
           return lower.find(word) != std::string::npos;
         });
}

// Parameters stand behind '?', but in URLs of cameras also in the path
// ("/user=admin&password=x&channel=1"). A secret may hold any character but '&', so everything
// up to the next one is hidden.
std::string hide_secrets(std::string_view path) {
  std::string shown;
  while (!path.empty()) {
    const auto end = std::min(path.find('&'), path.size());
    const auto piece = path.substr(0, end);
    std::size_t name = 0;
    std::size_t visible = piece.size();
    for (std::size_t i = 0; i + 1 < piece.size() && visible == piece.size(); ++i) {
      if (piece[i] == '=' && names_secret(piece.substr(name, i - name))) visible = i + 1;
      if (piece[i] == '/' || piece[i] == '?' || piece[i] == ';' || piece[i] == '=')
        name = i + 1;
    }
    shown += piece.substr(0, visible);
    if (visible != piece.size()) shown += "***";
    if (end != path.size()) shown += '&';
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return shown;
}

bool has_unprintable(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7f;
  });
}

bool is_scheme(std::string_view text) {
  return !text.empty() && std::isalpha(static_cast<unsigned char>(text.front())) != 0 &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '-' ||
                  c == '.';
         });
}

error bad_url(std::string_view what) {
  return {error_kind::invalid_argument, "URL: " + std::string{what}};
}

// True if `text` could be "host", "host:port", "[v6]" or "[v6]:port".
bool looks_like_host(std::string_view text) {
  if (text.empty()) return false;
  if (text.front() == '[') return text.find(']') != std::string_view::npos;
  const auto colon = text.find(':');
  const auto host = text.substr(0, colon);
  const auto port =
      colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
  // "admin:" before '/', '?' or '#' is a user whose password begins with that character.
  if (colon != std::string_view::npos && port.empty()) return false;
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' || c == '_';
  }) && std::all_of(port.begin(), port.end(), [](char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0;
  });
}

struct split_authority {
  std::string_view userinfo;
  std::string_view host_port;
  std::string_view path;
  bool has_userinfo = false;
};

// Where host and port end that begin `text`.
std::size_t authority_end(std::string_view text) {
  return std::min(text.find_first_of("/?#"), text.size());
}

// Position of the '@' behind the user information, or npos. Raw passwords may contain '@', '/',
// '?', '#' and ':', so where the rules of RFC 3986 yield no plausible host, the first later '@'
// with one behind it counts. No camera URL has a fragment directly behind its host, so a '#'
// there belongs to a password as well. "name:digits/" is a host and its port even if an '@'
// follows: such a password must be percent-encoded.
std::size_t find_userinfo_end(std::string_view rest) {
  const auto end = authority_end(rest);
  const auto at = rest.substr(0, end).rfind('@');
  const auto begin = at == std::string_view::npos ? 0 : at + 1;
  const bool fragment = end < rest.size() && rest[end] == '#';
  if (!fragment && looks_like_host(rest.substr(begin, end - begin))) return at;
  for (auto next = rest.find('@', end); next != std::string_view::npos;
       next = rest.find('@', next + 1)) {
    const auto after = rest.substr(next + 1);
    if (looks_like_host(after.substr(0, authority_end(after)))) return next;
  }
  return at;
}

split_authority split(std::string_view rest) {
  split_authority parts;
  if (const auto at = find_userinfo_end(rest); at != std::string_view::npos) {
    parts.has_userinfo = true;
    parts.userinfo = rest.substr(0, at);
    rest.remove_prefix(at + 1);
  }
  const auto end = authority_end(rest);
  parts.host_port = rest.substr(0, end);
  parts.path = rest.substr(end);
  return parts;
}

}  // namespace

result<camera_url> camera_url::parse(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || !is_scheme(text.substr(0, colon))) {
    return bad_url("no scheme such as rtsp:// at its beginning");
  }
  camera_url url;
  url.scheme_ = lower_case(text.substr(0, colon));
  auto rest = text.substr(colon + 1);
  if (url.scheme_ == "file") {
    if (rest.starts_with("//")) rest.remove_prefix(2);
    if (rest.empty()) return bad_url("file: without a path");
    url.path_ = std::string{rest};
    return url;
  }
  if (!rest.starts_with("//")) return bad_url("no // after the scheme");
  const auto parts = split(rest.substr(2));
  if (parts.has_userinfo) {
    const auto separator = parts.userinfo.find(':');
    url.user_ = percent_decode(parts.userinfo.substr(0, separator));
    if (separator != std::string_view::npos) {
      url.password_ = percent_decode(parts.userinfo.substr(separator + 1));
    }
  }
  auto host = parts.host_port;
  std::string_view port;
  if (host.starts_with('[')) {
    const auto close = host.find(']');
    if (close == std::string_view::npos) return bad_url("no ] after an IPv6 address");
    const auto after = host.substr(close + 1);
    if (!after.empty() && after.front() != ':') return bad_url("text after an IPv6 address");
    if (!after.empty()) port = after.substr(1);
    host = host.substr(1, close - 1);
  } else if (const auto separator = host.find(':'); separator != std::string_view::npos) {
    port = host.substr(separator + 1);
    host = host.substr(0, separator);
  }
  if (host.empty()) return bad_url("no host");
  if (has_unprintable(host)) return bad_url("a space or control character in the host");
  if (has_unprintable(parts.path)) return bad_url("a space or control character in the path");
  url.host_ = std::string{host};
  url.port_ = default_port(url.scheme_);
  if (!port.empty()) {
    unsigned value = 0;
    const auto [end, status] = std::from_chars(port.data(), port.data() + port.size(), value);
    if (status != std::errc{} || end != port.data() + port.size() || value == 0 ||
        value > 65535) {
      return bad_url("the port is not a number from 1 to 65535");
    }
    url.port_ = static_cast<std::uint16_t>(value);
  }
  if (!parts.path.empty() && parts.path.front() != '/') url.path_ = "/";
  url.path_ += parts.path.substr(0, parts.path.find('#'));
  return url;
}

std::string camera_url::authority() const {
  const bool v6 = host_.find(':') != std::string::npos;
  std::string text = v6 ? "[" + host_ + "]" : host_;
  if (port_ != 0 && port_ != default_port(scheme_)) text += ":" + std::to_string(port_);
  return text;
}

std::string camera_url::without_credentials() const {
  if (scheme_ == "file") return "file:" + path_;
  return scheme_ + "://" + authority() + path_;
}

std::string camera_url::redacted() const {
  if (scheme_ == "file") return "file:" + hide_secrets(path_);
  std::string login;
  if (has_credentials()) login = percent_encode(user_) + (password_.empty() ? "@" : ":***@");
  return scheme_ + "://" + login + authority() + hide_secrets(path_);
}

std::string camera_url::with_credentials() const {
  if (!has_credentials()) return without_credentials();
  return scheme_ + "://" + percent_encode(user_) + ":" + percent_encode(password_) + "@" +
         authority() + path_;
}

camera_url camera_url::with_login(std::string user, std::string password) const {
  auto copy = *this;
  copy.user_ = std::move(user);
  copy.password_ = std::move(password);
  return copy;
}

std::ostream& operator<<(std::ostream& out, const camera_url& url) {
  return out << url.redacted();
}

}  // namespace camherd
