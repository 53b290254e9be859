#include "apps/camherd-sim/urls.hpp"

#include "core/base/unique_fd.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>

namespace camherd::sim {
namespace {

/// RFC 3986 section 2.1: everything but unreserved characters is encoded.
std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
      continue;
    }
    char code[4];
    std::snprintf(code, sizeof code, "%%%02X", static_cast<unsigned char>(c));
    out += code;
  }
  return out;
}

std::string url(const options& o, std::uint16_t port, unsigned number,
                std::string_view credentials) {
  std::string host = o.address;
  if (host == "0.0.0.0") host = "127.0.0.1";
  if (host == "::") host = "::1";
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  return std::string{o.tls ? "rtsps" : "rtsp"} + "://" + std::string{credentials} + host + ":" +
         std::to_string(port) + "/cam" + std::to_string(number);
}

}  // namespace

std::string public_url(const options& o, std::uint16_t port, unsigned number) {
  return url(o, port, number, "");
}

std::string config_text(const options& o, std::uint16_t port) {
  const std::string credentials =
      o.user.empty() ? "" : percent_encoded(o.user) + ":" + percent_encoded(o.password) + "@";
  std::string text = "cameras:\n";
  for (unsigned number = 0; number < o.cameras; ++number) {
    text += "  cam" + std::to_string(number) +
            ":\n    url: " + url(o, port, number, credentials) + "\n";
  }
  return text;
}

result<void> write_config(const options& o, std::uint16_t port) {
  const unique_fd fd{
      ::open(o.config_out.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
  if (!fd) return system_error(error_kind::internal, "write " + o.config_out, errno);
  // A file that was there keeps its mode otherwise.
  if (::fchmod(fd.get(), 0600) != 0) {
    return system_error(error_kind::internal, "protect " + o.config_out, errno);
  }
  const std::string text = config_text(o, port);
  if (::write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    return system_error(error_kind::internal, "write " + o.config_out, errno);
  }
  return {};
}

}  // namespace camherd::sim
